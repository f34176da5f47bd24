import JSON
import Kubelet
import Platform
import Testing

@testable import PodIdentityCLI

@Suite struct CommandArgumentsTests {
  @Test(
    "wrong usage is told in one line",
    arguments: [
      (["--nosuch"], "unknown flag --nosuch"), (["-x"], "unknown flag -x"),
      (["--state"], "--state needs a value"), (["--state", "a", "--state", "b"], "given twice"),
      (["--ephemeral=yes"], "--ephemeral takes no value"), (["word"], "unexpected \"word\""),
      (["--", "x"], "takes no command"),
    ])
  func usage(words: [String], text: String) {
    let error = #expect(throws: UsageError.self) { try CommandArguments(words, of: .up) }
    #expect(error?.description.contains(text) == true)
    #expect(error?.description.contains("\n") == false)
  }

  @Test("flags, values and the command after --")
  func reads() throws {
    let words = ["--service-account=a/b", "--pod", "p", "--", "sh", "-c", "--pod"]
    let arguments = try CommandArguments(words, of: .run)
    #expect(arguments["service-account"] == "a/b")
    #expect(arguments["pod"] == "p")
    #expect(arguments.command == ["sh", "-c", "--pod"])
    #expect(throws: UsageError.self) { try CommandArguments(["--pod", "p"], of: .run) }
  }

  @Test("ServiceAccounts are [NS/]NAME", arguments: ["", "/a", "a/", "a/b/c"])
  func accounts(text: String) throws {
    #expect(try AccountName("a").text == "default/a")
    #expect(try AccountName("n/a").text == "n/a")
    #expect(throws: UsageError.self) { try AccountName(text) }
  }

  static let stack: JSON = [
    "version": 1, "adminToken": "t", "region": "us-east-1", "state": "/s",
    "kubernetes": ["kubeconfig": "/k"], "aws": ["url": "http://a"], "s3": ["url": "http://s"],
    "agent": ["url": "http://127.0.0.1:1/v1/credentials"],
  ]

  @Test("what would hide the pod's identity does not reach the process")
  func variables() throws {
    let stack = try StackInfo(json: Self.stack, path: "/stack.json")
    let pod: JSON = ["metadata": ["name": "p", "namespace": "n"], "spec": [:]]
    let caller = [
      "AWS_ACCESS_KEY_ID": "x", "AWS_PROFILE": "x", "AWS_ROLE_ARN": "x", "HOME": "/h",
      "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "", "AWS_ENDPOINT_URL_STS": "x",
      "AWS_WEB_IDENTITY_TOKEN_FILE": "x", "NO_PROXY": "corp",
    ]
    let found = try ProcessVariables(stack: stack).all(
      caller: caller, pod: [("APP", "1"), ("AWS_REGION", "pods-own")], hasIdentity: true,
      mounts: PodMounts(pod: pod, root: "/pods"))
    #expect(found["HOME"] == "/h" && found["APP"] == "1")
    for name in caller.keys where name.hasPrefix("AWS_") { #expect(found[name] == nil) }
    #expect(found["AWS_REGION"] == "us-east-1")
    #expect(found["AWS_CONTAINER_CREDENTIALS_FULL_URI"] == "http://127.0.0.1:1/v1/credentials")
    #expect(found["NO_PROXY"]?.hasPrefix("corp,127.0.0.1") == true)
    #expect(found["AWS_CONFIG_FILE"] == "/dev/null" && found["PODID_STACK"] == "/stack.json")
    for name in ["PATH", "LD_PRELOAD", "HOME"] {
      #expect(throws: CommandFailure.self) {
        try ProcessVariables(stack: stack).all(
          caller: [:], pod: [(name, "x")], hasIdentity: false,
          mounts: PodMounts(pod: pod, root: "/pods"))
      }
    }
  }

  @Test("variables for a shell survive quotes")
  func shell() {
    #expect(EnvironmentText.shell.text([("A", "it's")]) == #"export A='it'\''s'"#)
    #expect(EnvironmentText.dotenv.text([("A", #"a"b\c"#)]) == #"A="a\"b\\c""#)
  }
}
