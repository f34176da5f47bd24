import JSON
import Platform
import TestSupport
import Testing

@testable import CommandCore
@testable import Doctor
@testable import PodIdentityCLI

/// What commands print of stacks and calls, and what they take as their flags' values.
@Suite struct ReportTextTests {
  private static func stack() throws -> StackInfo {
    var json = SampleStack.json.object ?? [:]
    json["kubernetes"] = ["kubeconfig": "/k", "url": "https://k"]
    var stack = try StackInfo(json: .object(json), path: "/stack.json")
    stack.entry = StackRegister.Entry(
      id: "i", path: "/stack.json", state: "/s", digest: "", pid: 7, since: "2026", programs: "",
      place: "")
    return stack
  }

  @Test("a stack of the list is told with its places")
  func list() throws {
    let stack = try Self.stack()
    #expect(
      Command.lines(of: stack).map(\.text) == [
        "/stack.json  pid 7  since 2026", "  state       /s", "  Kubernetes  https://k",
        "  AWS         http://a", "  S3          http://s",
        "  agent       http://127.0.0.1:1/v1/credentials",
      ])
    #expect(
      Command.json(stack) == [
        "stack": "/stack.json", "state": "/s", "pid": 7, "since": "2026",
        "kubernetes": "https://k", "aws": "http://a", "s3": "http://s",
        "agent": "http://127.0.0.1:1/v1/credentials",
      ])
    var unknown = stack
    unknown.entry = nil
    #expect(Command.lines(of: unknown).isEmpty)
  }

  @Test("kinds of calls are told in twenty lines, and how many more there are")
  func callers() {
    func lines(_ count: Int) -> [String] {
      CallerReport.lines(
        (0..<count).map {
          (
            CallerAudit.Call(
              operation: "Op\($0)", caller: "arn:aws:iam::1:root", account: nil, objection: nil),
            $0 + 1, "then"
          )
        }
      ).map(\.text)
    }
    #expect(
      lines(2) == [
        "  Op0 as the account's root, once, first at then",
        "  Op1 as the account's root, 2 times, first at then",
      ])
    #expect(lines(20).count == 20)
    #expect(lines(22).count == 21 && lines(22).last == "  and 2 more kinds")
  }

  @Test("who alone may call is a role, an account, or anybody")
  func rules() throws {
    func text(_ words: [String]) throws -> String? {
      try CallerRule(CommandArguments(words + ["--", "x"], of: .test))?.text
    }
    #expect(try text([]) == nil)
    #expect(try text(["--service-account", "a"]) == "the role of default/a")
    #expect(try text(["--service-account", "a", "--only-role", "r"]) == "role r")
    #expect(try text(["--service-account", "a", "--any-role"]) == nil)
    #expect(throws: UsageError.self) { try text(["--only-role", "r", "--any-role"]) }
  }

  @Test("condition keys that are given twice have two values, and no text without a key is one")
  func requestKeys() throws {
    let keys = try Command.requestKeys(["s3:prefix=a=b", "s3:prefix=", "aws:x=1"])
    #expect(keys == ["s3:prefix": ["a=b", ""], "aws:x": ["1"]])
    // An equals sign is one also with a combining mark behind it, and an "é" is not another's.
    let odd = try Command.requestKeys(["s3:x=\u{301}", "s3:caf\u{E9}=1", "s3:cafe\u{301}=2"])
    #expect(odd == ["s3:x": ["\u{301}"], "s3:caf\u{E9}": ["1"], "s3:cafe\u{301}": ["2"]])
    for text in ["s3:prefix", "prefix=a", "=a", ""] {
      #expect(throws: UsageError.self, "\(text)") { try Command.requestKeys([text]) }
    }
  }

  @Test(
    "a trial lasts from 25 seconds to an hour",
    arguments: [
      ("24s", false), ("25s", true), ("1h", true), ("3601s", false), ("x", false),
    ])
  func trials(text: String, isRight: Bool) throws {
    let words = ["--timeout", text, "--serial", "--service-account", "n/a", "--", "cmd", "-x"]
    let command = DoctorCommand(context: try .of(.doctor, words))
    guard isRight else {
      #expect(throws: UsageError.self) { try command.options() }
      return
    }
    let options = try command.options()
    #expect(options.command == ["cmd", "-x"] && options.isSerial)
    #expect(options.account.text == "n/a" && options.timeout == Duration(text: text))
  }

  @Test(
    "the version of an AWS CLI is read from its own line alone",
    arguments: [
      ("aws-cli/2.9.19 Python/3.11.2", "2.9"), ("aws-cli/1.30.0 Python", "1.30"),
      ("botocore/1.2.3", nil), ("aws-cli/x.1", nil), ("aws-cli/2", nil), ("", nil),
    ] as [(String, String?)])
  func version(line: String, version: String?) {
    #expect(AWSCommandLine.version(line).map { "\($0.major).\($0.minor)" } == version)
  }

  @Test("credentials are late from their end by the stack's clock on, until SDKs renew them")
  func held() {
    let now = Instant(seconds: 1_795_514_400)
    func late(_ seconds: [Int64], offset: Duration) -> Bool {
      let list = seconds.map { seconds -> JSON in
        [
          "namespace": "n", "pod": "p", "expiration": .string((now + .seconds(seconds)).rfc3339),
        ]
      }
      return !HeldCredentials(["credentials": .array(list)]).late(now: now, offset: offset).isEmpty
    }
    #expect(late([3600], offset: .seconds(3600)))
    #expect(!late([3600], offset: .seconds(3599)))
    #expect(late([901], offset: .seconds(3600)))
    #expect(!late([900], offset: .seconds(3600)))
    // The last of a pod's counts.
    #expect(!late([1800, 7200], offset: .seconds(3600)))
    #expect(!late([7200, 1800], offset: .seconds(3600)))
  }
}
