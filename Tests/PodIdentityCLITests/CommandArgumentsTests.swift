import JSON
import Platform
import Testing

@testable import CommandCore
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

  @Test(
    "a value may have signs of its own, after the flag's first one or as the next word",
    arguments: [["--state=a=b"], ["--state", "a=b"]])
  func signs(words: [String]) throws {
    let arguments = try CommandArguments(words + ["--detach"], of: .up)
    #expect(arguments["state"] == "a=b" && arguments.has("detach"))
    #expect(try CommandArguments(["--state=--x"], of: .up)["state"] == "--x")
  }

  @Test(
    "a command without the -- before it is shown with it",
    arguments: [
      (Command.test, ["aws", "s3", "ls"], "aws", "podid test -- aws s3 ls"),
      (
        .run, ["--service-account", "a", "aws", "s3", "ls", "--recursive"], "aws",
        "podid run --service-account a -- aws s3 ls --recursive"
      ),
      (
        .doctor, ["--timeout=60s", "sh", "-c", "echo it's"], "sh",
        #"podid doctor --timeout=60s -- sh -c 'echo it'\''s'"#
      ),
    ] as [(Command, [String], String, String)])
  func forgottenDashes(command: Command, words: [String], name: String, right: String) {
    let error = #expect(throws: UsageError.self) { try CommandArguments(words, of: command) }
    let text = "podid \(command.name): unexpected \"\(name)\"; a command comes after --: \(right)"
    #expect(error?.description == text)
  }

  @Test("the first word that is too many is named; where -- is given, that is no command's")
  func firstExtra() {
    for (words, command) in [
      (["aws", "s3", "ls"], Command.shell), (["aws", "s3", "--", "x"], .test),
    ] {
      let error = #expect(throws: UsageError.self) { try CommandArguments(words, of: command) }
      #expect(error?.description == #"podid \#(command.name): unexpected "aws""#)
    }
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

  @Test("events of the very moment of --since are among those that are meant")
  func since() throws {
    let filter = try EventFilter(
      CommandArguments(["--since", "2026-11-24T10:00:00Z"], of: .events), now: Instant(seconds: 0))
    #expect(filter.matches(["time": "2026-11-24T10:00:00.000Z"]))
    #expect(!filter.matches(["time": "2026-11-24T09:59:59.999Z"]) && !filter.matches([:]))
  }

  @Test("variables for a shell survive quotes")
  func shell() {
    #expect(EnvironmentText.shell.text([("A", "it's")]) == #"export A='it'\''s'"#)
    #expect(EnvironmentText.dotenv.text([("A", #"a"b\c"#)]) == #"A='a"b\c'"#)
  }
}
