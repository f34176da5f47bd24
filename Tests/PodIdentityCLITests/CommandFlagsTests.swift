import JSON
import Platform
import Testing

@testable import CommandCore
@testable import Doctor
@testable import PodIdentityCLI

/// How commands judge their flags, before they look for a stack.
@Suite(.timeLimit(.minutes(10))) struct CommandFlagsTests {
  private static let nowhere = [
    "PODID_STACK": "/nonexistent/stack.json", "PATH": "/nonexistent",
    "PODID_AWS_CLI": "/nonexistent/aws",
  ]
  /// Keeps a stack from being started whatever was judged before.
  private static let noLifetime = ["--credential-lifetime", "soon"]

  @Test(
    "flags that exclude each other, and values that are none, are wrong usage",
    arguments: [
      (
        Command.up, ["--ephemeral", "--state", "d"] + Self.noLifetime,
        "up: --ephemeral and --state exclude each other"
      ),
      (
        .up, ["--follow", "--detach"] + Self.noLifetime,
        "up: --follow and --detach exclude each other"
      ),
      (.up, ["--state", "d", "--follow"] + Self.noLifetime, " --credential-lifetime: \"soon\" is"),
      (.up, ["--ephemeral"] + Self.noLifetime, " --credential-lifetime: \"soon\" is no duration"),
      (.demo, ["--step", "--json"], "demo: --step and --json exclude each other"),
      (
        .console, ["--listen", "0.0.0.0:0"], "console: --listen must be a loopback address, not \"0"
      ),
      (.console, ["--listen", "x"], " --listen must be HOST:PORT, not \"x\""),
      (
        .console, ["--published", "192.0.2.1:1"],
        "console: --published must be a loopback address, not \"192.0.2.1\""
      ),
      (
        .console, ["--listen", "0.0.0.0:0", "--published", "192.0.2.1:1"],
        "console: --published must be a loopback address"
      ),
      (.doctor, ["--timeout", "24s", "--", "x"], "doctor: --timeout must be such as 90s or 2m"),
      (.doctor, ["--timeout", "3601s", "--", "x"], "doctor: --timeout must be such as"),
      (.doctor, ["--timeout", "soon", "--", "x"], "doctor: --timeout must be such as"),
      (.doctor, ["--service-account", "a/b/c", "--", "x"], " a ServiceAccount is named"),
      (.doctor, [], "doctor: needs a command: podid doctor "),
      (.run, ["--service-account", "a"], "run: needs a command: podid run "),
      (.run, ["--", "x"], " --service-account [NS/]NAME is needed"),
      (.explain, [], " --service-account [NS/]NAME is needed"),
      (.kubeconfig, ["--server", "k"], "kubeconfig: --server must be an http or https URL"),
      (.test, ["--only-role", "r", "--any-role", "--", "x"], "test: --only-role and --any-role"),
      (.token, [], "token: usage: podid token "), (.token, ["a", "b"], "token: unexpected \"b\""),
      (.token, ["a/b/c"], " a pod is named [NAMESPACE/]NAME"),
      (.pod, ["--service-account", "a"], "pod: --into DIR is needed"),
      (.pod, ["--into", "/d"], "pod: --service-account [NS/]NAME is needed"),
      (.can, ["--service-account", "a", "s3:GetObject"], "can: usage: podid can "),
      (.can, ["--service-account", "a", "s3:GetObject", "*", "x"], "can: unexpected \"x\""),
      (.callers, ["--since", "yesterday"], "callers: --since must be such as"),
      (.completion, ["values"], "completion: usage: podid completion "),
      (.completion, ["bash", "outcome"], "completion: "),
      (.seed, [], "seed: usage: podid seed "), (.seed, ["a", "b"], "seed: unexpected \"b\""),
    ] as [(Command, [String], String)])
  func wrong(command: Command, words: [String], text: String) async {
    let error = await #expect(throws: UsageError.self) {
      try await command.body(CommandContext.of(command, words, Self.nowhere.byBytes))
    }
    let start = text.hasPrefix(" ") ? "podid:\(text)" : "podid \(text)"
    #expect(error?.description.hasPrefix(start) == true)
  }

  @Test(
    "what is right goes on to look for the stack",
    arguments: [
      (Command.console, []), (.console, ["--listen", "127.0.0.1:0"]),
      (.console, ["--listen", "0.0.0.0:0", "--published", "127.0.0.1:1"]),
      (.console, ["--published", "127.0.0.1:1"]),
      (.run, ["--service-account", "a", "--", "x"]), (.explain, ["--service-account", "a"]),
      (.kubeconfig, ["--server", "https://k:1"]), (.token, ["n/a"]),
      (.can, ["--service-account", "a", "s3:GetObject", "*"]), (.seed, ["a"]),
      (.callers, ["--since", "5m"]), (.status, []), (.down, []), (.events, []), (.shell, []),
      (.reset, []), (.fault, ["list"]), (.clock, ["show"]),
    ] as [(Command, [String])])
  func right(command: Command, words: [String]) async {
    let error = await #expect(throws: CommandFailure.self) {
      try await command.body(CommandContext.of(command, words, Self.nowhere.byBytes))
    }
    #expect(error?.description.contains("/nonexistent/stack.json") == true)
  }

  @Test(
    "doctor gives each run from 25 seconds to an hour, as the example's account",
    arguments: [
      ([], 45), (["--timeout", "25s"], 25), (["--timeout", "1h"], 3600),
      (["--timeout", "90s"], 90),
    ] as [([String], Int64)])
  func doctor(words: [String], seconds: Int64) throws {
    let context = try CommandContext.of(.doctor, words + ["--", "x", "y"])
    let options = try DoctorCommand(context: context).options()
    #expect(options.timeout == .seconds(seconds) && options.command == ["x", "y"])
    #expect(options.account.text == "default/s3-reader-sa" && !options.isSerial)
    let other = try CommandContext.of(
      .doctor, ["--serial", "--service-account", "n/a", "--", "x"])
    let serial = try DoctorCommand(context: other).options()
    #expect(serial.isSerial && serial.account.text == "n/a")
  }

  @Test("a program that cannot be started is told before any trial, with the shells' code")
  func missing() async {
    await #expect(processExitsWith: .success) {
      let context = ["PATH": "/nonexistent"]
      let none = try await Printed.by(.doctor, ["--", "nosuch"], context)
      #expect(none.code == 127 && none.output.isEmpty)
      #expect(none.errors == ["podid: nosuch: there is no such program"])
      let folder = try await Printed.by(.doctor, ["--", "/tmp"], context)
      #expect(folder.code == 126 && folder.errors == ["podid: /tmp: this is a folder"])
      let versions = try await Printed.by(.doctor, ["--sdk-versions"], context)
      #expect(versions.code == 0 && versions.output == SDKVersions.lines)
      let json = try await Printed.by(.doctor, ["--sdk-versions", "--json"], context)
      #expect(json.output.joined(separator: "\n") == SDKVersions.json.text([.indented]))
    }
  }

  @Test(
    "a key of --context has a service and a value; one that is given twice has two",
    arguments: ["s3:prefix", "prefix=a", "=a", ""])
  func keys(wrong: String) throws {
    #expect(throws: UsageError.self) { try Command.requestKeys([wrong]) }
    #expect(
      try Command.requestKeys(["s3:prefix=a=b", "aws:x=", "s3:prefix=c"])
        == ["s3:prefix": ["a=b", "c"], "aws:x": [""]])
    #expect(try Command.requestKeys([]).isEmpty)
  }

  @Test("twenty kinds of calls are told at most, and how many more there are", arguments: 0...23)
  func callers(count: Int) {
    let calls = (0..<count).map { index in
      (
        call: CallerAudit.Call(
          operation: "Op\(index)", caller: "arn:aws:iam::1:root", account: nil, objection: nil),
        count: index + 1, first: "t"
      )
    }
    let lines = CallerReport.lines(calls).map(\.text)
    #expect(lines.count == (count > 20 ? 21 : count))
    if count > 0 { #expect(lines[0] == "  Op0 as the account's root, once, first at t") }
    if count > 1 { #expect(lines[1] == "  Op1 as the account's root, 2 times, first at t") }
    if count > 20 { #expect(lines[20] == "  and \(count - 20) more kinds") }
  }
}
