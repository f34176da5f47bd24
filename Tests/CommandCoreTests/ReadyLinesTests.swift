import Glibc
import JSON
import Platform
import TestSupport
import Testing

@testable import CommandCore

/// Waiting for servers.
@Suite(.timeLimit(.minutes(10))) struct ReadyLinesTests {
  private static let environment: [ByteText: String] = ["PATH": "/usr/bin:/bin"]
  private static let ready = #"{"event":"ready","service":"aws-api"}"#

  private func log() throws -> ServerLog {
    try ServerLog(service: "aws-api", folder: try Scratch.folder())
  }

  @Test("a server is ready by its line, whether somebody waits already or not")
  func ready() async throws {
    let lines = ReadyLines()
    let (log, process) = (
      try log(), try ChildProcess(["sleep", "1000"], environment: Self.environment)
    )
    lines.take(Self.ready)
    try await lines.wait(for: "aws-api", process: process, log: log)
    let other = ReadyLines()
    let waiting = Task { try await other.wait(for: "aws-api", process: process, log: log) }
    while !other.isAwaited("aws-api") { await Task.yield() }
    other.take(Self.ready)
    try await waiting.value
    #expect(!other.isAwaited("aws-api"))
    process.send(SIGKILL)
    #expect(await process.end() == 128 + SIGKILL)
    // One that was ready and has ended was ready.
    try await lines.wait(for: "aws-api", process: process, log: log)
  }

  @Test("a server that ends before is an error with its last three lines")
  func ended() async throws {
    let lines = ReadyLines()
    for line in [
      "ready", #"{"event":"ready"}"#, #"{"event":"started","service":"aws-api"}"#,
      #"{"event":"ready","service":"node-agent"}"#,
    ] { lines.take(line) }
    let log = try log()
    for line in ["a", "b", "c", "d"] { log.add(line) }
    log.end()
    let line = try Lifeline()
    let process = try ChildProcess(
      ["sh", "-c", "read word"], environment: Self.environment, input: .pipe(line.inherited))
    let waiting = Task { try await lines.wait(for: "aws-api", process: process, log: log) }
    while !lines.isAwaited("aws-api") { await Task.yield() }
    line.say(0x0A)
    let error = await #expect(throws: CommandFailure.self) { try await waiting.value }
    #expect(error?.description == "aws-api did not start: b" && error?.details == ["c", "d"])
    // Nor is it waited for one that has ended before.
    await #expect(throws: CommandFailure.self) {
      try await lines.wait(for: "aws-api", process: process, log: log)
    }
  }

  @Test("the last words are waited for until no further ones can come")
  func late() async throws {
    let log = try log()
    let process = try ChildProcess(["false"], environment: Self.environment)
    #expect(await process.end() == 1)
    let waiting = Task {
      try await ReadyLines().wait(
        for: "aws-api", process: process, log: log, patience: .seconds(3600))
    }
    // Time enough for one that does not wait.
    for _ in 0..<1000 { await Task.yield() }
    log.add("first")
    log.add("last")
    log.end()
    let error = await #expect(throws: CommandFailure.self) { try await waiting.value }
    #expect(error?.description == "aws-api did not start: first" && error?.details == ["last"])
    // What something else holds open is not waited for without end.
    let open = try self.log()
    open.add("words")
    let other = await #expect(throws: CommandFailure.self) {
      try await ReadyLines().wait(for: "aws-api", process: process, log: open, patience: .zero)
    }
    #expect(other?.description == "aws-api did not start: words")
  }
}
