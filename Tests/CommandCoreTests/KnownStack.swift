import Glibc
import HTTP
import JSON
import Platform
import TestSupport

@testable import CommandCore

/// Stack files in a folder of their own, and a register that knows them.
struct KnownStack {
  let folder: String
  let environment: ProcessEnvironment
  var register: StackRegister { StackRegister(environment) }

  init() throws {
    folder = try Scratch.folder()
    environment = ProcessEnvironment(["XDG_STATE_HOME": "\(folder)/home"])
  }

  /// What a command of these words works with.
  func context(_ words: [String] = []) throws -> CommandContext {
    let command = Command(
      name: "x", usage: "", summary: "", options: [Command.stackOption]
    ) { _ in 0 }
    return CommandContext(
      arguments: try CommandArguments(words, of: command), environment: environment,
      loops: EventLoops(count: 1))
  }

  /// A stack whose id is of one digit, with its file written; `pid` is that of its aws-api.
  @discardableResult
  func write(
    _ digit: String, at path: String, pid: Int32 = 4_194_303, state: String = "/s",
    isEntered: Bool = true, since: Int64 = 0
  ) throws -> StackInfo {
    var object = StackTrustTests.good.object ?? [:]
    object["id"] = .string(Self.id(digit))
    object["state"] = .string(state)
    object["kubernetes"] = ["kubeconfig": .string("\(state)/kubeconfig")]
    object["agent"] = ["url": "http://127.0.0.1:6/v1/credentials"]
    object["aws"] = ["url": "http://127.0.0.1:3", "pid": .integer(Int64(pid))]
    let info = try StackInfo(json: .object(object), path: path)
    if isEntered {
      try register.enter(info, bytes: info.fileBytes, since: Instant(seconds: since))
    }
    try SafeFile.write(info.fileBytes, to: path)
    return info
  }

  static func id(_ digit: String) -> String { String(repeating: digit, count: 32) }

  /// The path of an entry.
  func entry(_ digit: String) -> String { "\(folder)/home/podid/stack-\(Self.id(digit)).json" }

  /// Sets a member of an entry.
  func set(_ member: String, _ value: JSON, of digit: String) throws {
    var object = try JSON.parse(SafeFile.read(entry(digit))).object ?? [:]
    object[member] = value
    try SafeFile.write(JSON.object(object).bytes(), to: entry(digit))
  }

  /// A process whose program is `aws-api` in a folder, until the line ends.
  func server(in folder: String, _ line: Lifeline) async throws -> ChildProcess {
    let path = "\(folder)/aws-api"
    // By another process: one that writes a program must not be about to fork.
    let environment: [ByteText: String] = ["PATH": "/usr/bin:/bin"]
    _ = try await CapturedProcess.run(["cp", "/bin/sh", path], environment: environment)
    return try ChildProcess(
      [path, "-c", "read word"], environment: environment, input: .pipe(line.inherited))
  }
}
