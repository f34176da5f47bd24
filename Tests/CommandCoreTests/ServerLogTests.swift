import Glibc
import Platform
import TestSupport
import Testing

@testable import CommandCore

/// What is kept of a server's lines, and what of them is said.
@Suite struct ServerLogTests {
  private let folder: String
  private var path: String { "\(folder)/aws-api.log" }

  init() throws { folder = try Scratch.folder() }

  private func log() throws -> ServerLog { try ServerLog(service: "aws-api", folder: folder) }

  @Test("lines are kept in a file that goes on, escaped, and the last ten at hand")
  func lines() throws {
    let first = try log()
    for number in 1...12 { first.add("line \(number)") }
    #expect(first.lastLines == (3...12).map { "line \($0)" })
    let second = try log()
    #expect(second.lastLines.isEmpty)
    second.add("a\u{1B}b")
    #expect(second.lastLines == ["a\\u001bb"])
    let text = try SafeFile.readText(path)
    #expect(text == (1...12).map { "line \($0)\n" }.joined() + "a\\u001bb\n")
  }

  @Test("a file of 10 MB is begun anew, and the one before is kept")
  func full() throws {
    try SafeFile.write([], to: path)
    truncate(path, 10 << 20 - 6)
    let log = try log()
    log.add("12345")
    #expect(!SafeFile.exists("\(path).1"))
    log.add("next")
    log.add("more")
    #expect(try SafeFile.readText(path) == "next\nmore\n")
    var status = stat()
    #expect(stat("\(path).1", &status) == 0 && status.st_size == 10 << 20)
  }

  @Test(
    "warnings of from a time on are said, with their reason",
    arguments: [
      (#"{"level":"warning","message":"m"}"#, "m"), (#"{"level":"error","message":"m"}"#, "m"),
      (#"{"level":"info","message":"m"}"#, nil), (#"{"message":"m"}"#, nil), ("plain", nil),
      (#"{"level":"warning","message":"m","reason":"r"}"#, "m: r"),
      (#"{"level":"warning"}"#, #"{"level":"warning"}"#),
      (#"{"level":"warning","message":"m","time":"2026-01-01T00:00:00.999Z"}"#, nil),
      (#"{"level":"warning","message":"m","time":"2026-01-01T00:00:01.000Z"}"#, "m"),
      (#"{"level":"warning","message":"m","time":"2026-01-01T00:00:01.001Z"}"#, "m"),
    ] as [(String, String?)])
  func warnings(line: String, said: String?) {
    #expect(ServerLog.warning(in: line, since: "2026-01-01T00:00:01.000Z") == said)
  }
}
