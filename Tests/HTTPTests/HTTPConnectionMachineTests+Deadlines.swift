import Testing

@testable import HTTP

extension HTTPConnectionMachineTests {
  /// When something is due on a line, in seconds, and what comes of it.
  struct Due: Sendable, Equatable {
    var seconds: Double?
    /// The status that the other end gets; nil: none.
    var status: Int?
    var cancels = false
    var bodyFailure: HTTPBodyFailure?
  }

  static let large = HTTPResponse.text(200, MachineLine.large)
  static func stream(_ length: Int? = nil) -> HTTPResponse {
    HTTPResponse(status: 200, body: .stream(length: length) { _ in })
  }

  static let dues: [LineCase<Due>] = [
    LineCase("a new connection", Due(seconds: 10)) { _ in },
    LineCase("a head that has begun", Due(seconds: 10, status: 408)) { $0.sends("G") },
    LineCase("a head that drips is not given new time", Due(seconds: 3, status: 408)) { line in
      line.sends("GET / HT")
      for _ in 0..<7 {
        line.passes(.seconds(1))
        line.sends("T")
      }
    },
    LineCase("the next head", Due(seconds: 10, status: 408)) { line in
      line.sends(message("/now"))
      line.passes(.seconds(100))
      line.sends("GET")
    },
    LineCase("the next head, begun with the last request", Due(seconds: 10, status: 408)) { line in
      line.sends("GET ")
      line.passes(.seconds(4))
      line.sends("/now HTTP/1.1\r\nHost: a\r\n\r\nGET")
    },
    LineCase("a body", Due(seconds: 60, status: 408)) { line in
      line.sends("PUT")
      line.passes(.seconds(4))
      line.sends(" / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n")
    },
    LineCase("a body that drips", Due(seconds: 40, status: 408)) { line in
      line.sends(upload(100))
      for _ in 0..<20 {
        line.passes(.seconds(1))
        line.sends("a")
      }
    },
    LineCase("a chunked body", Due(seconds: 60, status: 408)) {
      $0.sends(message("/", "Transfer-Encoding: chunked\r\n") + "2\r\na")
    },
    LineCase("a task", Due(seconds: 45, status: 503, cancels: true)) { $0.sends(message("/")) },
    LineCase("a task, whatever comes behind", Due(seconds: 40, status: 503, cancels: true)) {
      line in
      line.sends(message("/"))
      line.passes(.seconds(5))
      line.sends(message("/2"))
    },
    LineCase("a connection that rests", Due(seconds: 120)) { $0.sends(message("/now")) },
    LineCase("one that rests behind a task", Due(seconds: 120)) { line in
      line.sends(message("/"))
      line.passes(.seconds(20))
      line.answers()
    },
    LineCase("one that rests behind a stream", Due(seconds: 120)) { line in
      line.sends(message("/"))
      line.answers(stream())
      line.endsStream()
    },
    LineCase("one that stops rests no more", Due(seconds: 0)) { line in
      line.window = 100
      line.sends(message("/now"))
      line.stops()
      line.takesAll()
    },
    LineCase("an answer that is not taken", Due(seconds: 30)) { line in
      line.window = 0
      line.sends(message("/now"))
    },
    LineCase("answers of which something is taken", Due(seconds: 30)) { line in
      line.window = 0
      line.sends(message("/large"))
      line.passes(.seconds(20))
      line.takes(1)
    },
    LineCase("a stream that has nothing to say", Due()) { line in
      line.sends(message("/"))
      line.answers(stream())
      line.writes(10)
    },
    LineCase("a stream that is not taken", Due(seconds: 30)) { line in
      line.sends(message("/"))
      line.window = 0
      line.answers(stream())
      line.writes(10)
    },
    LineCase("a stream of which something is taken", Due(seconds: 30)) { line in
      line.sends(message("/"))
      line.answers(stream())
      line.window = 5
      line.writes(100)
      line.passes(.seconds(20))
      line.takes(5)
    },
    LineCase("a stream that was taken", Due()) { line in
      line.sends(message("/"))
      line.answers(stream())
      line.window = 5
      line.writes(100)
      line.takesAll()
    },
    LineCase("a last answer", Due(seconds: 1)) {
      $0.sends(message("/now", "Connection: close\r\n"))
    },
    LineCase("a last answer, however much comes behind it", Due(seconds: 0.5)) { line in
      line.sends("nonsense\n")
      line.passes(.milliseconds(500))
      line.sends("more")
    },
    LineCase("a last answer that is not taken", Due(seconds: 30)) { line in
      line.window = 0
      line.sends(message("/now", "Connection: close\r\n"))
      #expect(!line.hasFinished)
    },
    LineCase("a last answer that was taken late", Due(seconds: 1)) { line in
      line.window = 0
      line.sends(message("/now", "Connection: close\r\n"))
      line.passes(.seconds(20))
      line.takesAll()
    },
    LineCase("silence", Due()) { line in
      line.sends(message("/"))
      line.answers(HTTPResponse(status: 500, body: .silence))
    },
  ]

  @Test("something is due when it should be, not before, and then the right thing", arguments: dues)
  func deadlines(_ row: LineCase<Due>) throws {
    let line = MachineLine()
    row.drive(line)
    try expect(row.expected, of: line)
  }

  static let bodyDues: [LineCase<Due>] = [
    LineCase(
      "nobody waits for it", Due(seconds: 45, status: 503, cancels: true, bodyFailure: .closed)
    ) {
      $0.sends(upload(100_000))
    },
    LineCase(
      "the handler waits", Due(seconds: 60, status: 408, cancels: true, bodyFailure: .tooSlow)
    ) {
      line in
      line.sends(upload(100_000))
      line.passes(.seconds(40))
      line.wantsBody()
    },
    LineCase("it drips", Due(seconds: 50, status: 408, cancels: true, bodyFailure: .tooSlow)) {
      line in
      line.sends(upload(100_000))
      line.wantsBody()
      for _ in 0..<10 {
        line.passes(.seconds(1))
        line.sends("a")
        // The time in which nobody waits is not the other end's.
        line.passes(.seconds(20))
        line.wantsBody()
      }
    },
    LineCase("64 KiB came", Due(seconds: 60, status: 408, cancels: true, bodyFailure: .tooSlow)) {
      line in
      line.sends(upload(100_000))
      for _ in 0..<2 {
        line.wantsBody()
        line.passes(.seconds(29))
        line.sends([UInt8](repeating: 1, count: 32 << 10))
      }
      line.wantsBody()
    },
    LineCase(
      "the handler has a piece", Due(seconds: 45, status: 503, cancels: true, bodyFailure: .closed)
    ) {
      line in
      line.sends(upload(100_000) + "abc")
      line.passes(.seconds(40))
      line.wantsBody()
    },
    LineCase(
      "the handler has all", Due(seconds: 45, status: 503, cancels: true, bodyFailure: .closed)
    ) { line in
      line.sends(upload(3))
      line.wantsBody()
      line.passes(.seconds(50))
      line.sends("abc")
    },
    LineCase(
      "the handler waits no more",
      Due(seconds: 60, status: 503, cancels: true, bodyFailure: .closed)
    ) { line in
      line.sends(upload(3))
      line.wantsBody()
      line.leavesBody()
    },
  ]

  @Test("a body that the handler reads has its own time", arguments: bodyDues)
  func bodyDeadlines(_ row: LineCase<Due>) throws {
    let line = MachineLine(plan: .stream)
    row.drive(line)
    try expect(row.expected, of: line)
  }

  @Test("who takes no answers and has sent more requests is told so, and cut off")
  func heldUp() {
    let line = MachineLine()
    line.window = 0
    line.sends(message("/large") + message("/now"))
    #expect(line.offered == ["/large"] && line.due == 30)
    line.passes(.seconds(30))
    #expect(line.told == [408] && !line.isClosed && line.due == 30)
    line.passes(.seconds(30))
    #expect(line.isClosed && line.taken.isEmpty)
  }

  private func expect(_ expected: Due, of line: MachineLine) throws {
    #expect(line.due == expected.seconds)
    guard let seconds = expected.seconds else {
      line.passes(.seconds(1_000_000))
      return #expect(!line.isClosed)
    }
    let (before, taken) = (line.statuses, line.taken.count)
    let cancelled = line.cancelled
    if seconds > 0 { line.passes(.nanoseconds(Int64(seconds * 1e9) - 1)) }
    #expect(!line.isClosed && line.taken.count == taken, "too early")
    line.passes(.nanoseconds(seconds > 0 ? 1 : 0))
    #expect(line.cancelled - cancelled == (expected.cancels ? 1 : 0))
    #expect(line.bodyFailure == expected.bodyFailure)
    #expect(
      line.told == (expected.status == 408 || before.contains(400) ? [expected.status ?? 400] : []))
    guard let status = expected.status else {
      return #expect(line.isClosed && line.taken.count == taken)
    }
    #expect(line.statuses == before + [status])
    #expect(line.isLingering && line.hasFinished && line.lines.contains("Connection: close"))
    // The answer of a task that was given up comes too late.
    line.answers(.text(200, "late"))
    line.passes(.seconds(1))
    #expect(line.isClosed && line.statuses == before + [status])
    #expect(line.memory.heldInput == 0 && line.memory.heldOutput == 0)
  }
}
