import Testing

@testable import HTTP

/// What a connection may hold, when it leaves the socket alone, and when it reads on.
extension HTTPConnectionMachineTests {
  static let readingAhead: [LineCase<ClosedRange<Int>>] = [
    LineCase("a task answers", 64 << 10...68 << 10) { $0.sends(message("/")) },
    LineCase("a stream is written", 64 << 10...68 << 10) { line in
      line.sends(message("/"))
      line.answers(stream(5))
    },
    LineCase("answers are not taken", 0...4096) { line in
      line.window = 0
      line.sends(message("/large"))
    },
    LineCase("the handler has a piece of the body", 64 << 10...68 << 10) { line in
      line.plan = .stream
      line.sends(upload(1_000_000) + "a")
      line.wantsBody()
    },
    LineCase("a body is collected", 1 << 20...1 << 20) { $0.sends(upload(1 << 20)) },
    LineCase("the last answer is out", 1 << 20...1 << 20) { $0.sends("\n") },
    LineCase("there will be no answer", 1 << 20...1 << 20) { line in
      line.sends(message("/"))
      line.answers(HTTPResponse(status: 500, body: .silence))
    },
    LineCase("nobody reads the body", 1 << 20...1 << 20) { line in
      line.plan = .stream
      line.sends(upload(10_000_000))
      line.window = 0
      line.answers(stream())
    },
  ]

  @Test("is read ahead as far as there is use for it", arguments: readingAhead)
  func ahead(_ row: LineCase<ClosedRange<Int>>) {
    let line = MachineLine()
    row.drive(line)
    let read = line.pours(1 << 20)
    #expect(row.expected.contains(read), "\(read)")
    #expect(line.isReading == (read == 1 << 20) && !line.isClosed)
    guard read < 1 << 20 else { return }
    #expect(line.memory.heldInput < 200_000)
    #expect(line.pours(10) == 0, "the socket is left alone")
  }

  @Test("reads on once the answer is given, and takes what waited first")
  func goesOn() {
    let line = MachineLine()
    line.sends(message("/"))
    let next = Array(message("/now/next", "X: \(String(repeating: "x", count: 500))\r\n").utf8)
    var sent = 0
    while line.isReading {
      line.sends(next)
      sent += 1
    }
    #expect(line.offered == ["/"] && sent > 100)
    #expect(line.memory.heldInput > 64 << 10)
    line.answers()
    // The last was not read.
    #expect(line.offered.count == sent && line.statuses.count == sent)
    #expect(line.isReading && line.memory.heldInput == 0)
    line.sends(message("/now/last"))
    #expect(line.offered.last == "/now/last")
  }

  @Test("requests behind answers that are not taken wait, and are answered once they are")
  func heldUpRequests() {
    let line = MachineLine()
    line.window = 0
    line.sends(String(repeating: message("/large"), count: 3) + message("/now"))
    #expect(line.offered == ["/large"] && !line.isReading)
    #expect(line.standing == .waiting && line.memory.heldOutput > 20_000)
    line.takes(1000)
    #expect(line.offered == ["/large"] && !line.isReading, "more than 16 KiB still wait")
    line.takes(3000)
    #expect(line.offered == ["/large", "/large"] && !line.isReading)
    line.takesAll()
    #expect(line.offered == ["/large", "/large", "/large", "/now"] && line.isReading)
    #expect(line.statuses == [200, 200, 200, 200])
    #expect(line.memory.heldOutput == 0 && line.memory.heldInput == 0)
    #expect(line.standing == .idle && line.due == 120)
  }

  @Test("small answers that are not taken hold up no requests until they are many")
  func smallAnswers() {
    let line = MachineLine()
    line.window = 0
    line.sends(String(repeating: message("/now"), count: 300))
    #expect((100..<200).contains(line.offered.count))
    #expect(line.waiting.count < 17_000)
    line.takesAll()
    #expect(line.statuses.count == 300)
  }

  @Test("the writer of a stream is held beyond 256 KiB, and goes on at half of it")
  func writer() {
    let line = MachineLine()
    line.sends(message("/"))
    line.answers(Self.stream(1_000_000))
    line.window = 0
    line.writes(200_000)
    #expect(!line.holdsWriter)
    line.writes(100_000)
    #expect(line.holdsWriter)
    line.takes(100_000)
    #expect(line.resumed == 0)
    line.takes(100_000)
    #expect(line.resumed == 1 && !line.holdsWriter)
    #expect(line.memory.heldOutput == 100_000)
    line.machine.close()
    #expect(line.memory.heldOutput == 0)
  }

  @Test(
    "where answers wait for too much already, writers are held at once and large answers refused")
  func fullOutput() {
    var limits = HTTPMemoryLimits()
    limits.output = 50_000
    let line = MachineLine(memory: limits)
    line.memory.chargeOutput(from: 0, to: 60_000)
    line.sends(message("/1") + message("/2") + message("/3"))
    line.answers(.text(200, String(repeating: "x", count: 65 << 10)))
    line.answers(.text(200, String(repeating: "x", count: 64 << 10)))
    line.answers(Self.stream())
    #expect(line.statuses == [503, 200, 200] && !line.isLingering)
    line.window = 0
    line.writes(1)
    #expect(line.holdsWriter)
    line.takes(6)
    #expect(line.resumed == 1)
  }

  @Test("where much is held already, nothing is read ahead")
  func tight() {
    var limits = HTTPMemoryLimits()
    limits.input = 80_000
    let line = MachineLine(memory: limits)
    line.sends(message("/"))
    #expect(line.memory.charge(from: 0, to: 51_000, isWhole: true))
    #expect(line.pours(100) == 0 && !line.isReading)
    line.answers()
    #expect(line.isReading)
    line.sends(upload(5, "Expect: 100-continue\r\n"))
    #expect(line.statuses == [200, 503] && line.isLingering, "a body is not asked for either")
  }

  @Test("a body that the handler waits for is read on however much is held")
  func tightBody() {
    var limits = HTTPMemoryLimits()
    limits.input = 80_000
    let line = MachineLine(plan: .stream, memory: limits)
    line.sends(upload(9))
    #expect(line.memory.charge(from: 0, to: 51_000, isWhole: true))
    #expect(line.pours(3) == 0 && !line.isReading)
    line.wantsBody()
    #expect(line.isReading)
    line.sends("abc")
    #expect(line.pieces == [3])
  }

  /// Requests for which there is no room, and whether the connection goes on.
  static let unaffordable: [LineCase<Bool>] = [
    LineCase("half a head", false) {
      $0.sends("GET / HTTP/1.1\r\nX: \(String(repeating: "x", count: 10_000))")
    },
    LineCase("half a body", false) { line in
      line.sends(upload(20_000))
      line.sends([UInt8](repeating: 1, count: 10_000))
    },
    LineCase("a whole request", true) { line in
      line.sends(Array(upload(30_000).utf8) + [UInt8](repeating: 1, count: 30_000))
    },
    LineCase("a body that would be read in pieces", false) { line in
      line.plan = .stream
      line.sends(upload(20_000))
    },
  ]

  @Test("what there is no room for is refused", arguments: unaffordable)
  func overloaded(_ row: LineCase<Bool>) {
    var limits = HTTPMemoryLimits()
    limits.input = 10_000
    limits.streams = 0
    let line = MachineLine(memory: limits)
    row.drive(line)
    #expect(line.statuses == [503] && line.tasks.isEmpty && line.told.isEmpty)
    #expect(line.isLingering != row.expected)
    #expect(line.memory.heldInput == 0 && line.bodyFailure == nil)
    line.sends(message("/now/next"))
    #expect(line.offered.contains("/now/next") == row.expected)
  }

  @Test("what is held is charged for as long as it is, and no longer")
  func accounts() {
    let line = MachineLine()
    line.sends("GET / HTTP/1.1\r\n")
    #expect((10...100).contains(line.memory.heldInput))
    line.sends("Host: a\r\n\r\n")
    #expect(line.memory.heldInput > 0, "while a task answers")
    line.answers()
    #expect(line.memory.heldInput == 0)
    line.sends(upload(100_000))
    line.sends([UInt8](repeating: 1, count: 50_000))
    #expect((50_000...200_000).contains(line.memory.heldInput))
    line.sends([UInt8](repeating: 1, count: 50_000))
    #expect((100_000...400_000).contains(line.memory.heldInput))
    line.machine.close()
    #expect(line.memory.heldInput == 0)
  }

  static let standings: [LineCase<ConnectionQueue.Standing>] = [
    LineCase("new", .idle) { _ in },
    LineCase("sending", .waiting) { $0.sends("G") },
    LineCase("being answered", .nowhere) { $0.sends(message("/")) },
    LineCase("watching", .nowhere) { line in
      line.sends(message("/"))
      line.answers(stream())
    },
    LineCase("answered", .idle) { $0.sends(message("/now")) },
    LineCase("taking its answer", .waiting) { line in
      line.window = 0
      line.sends(message("/now"))
    },
    LineCase("lingering", .waiting) { $0.sends("\n") },
  ]

  @Test("others may have a connection's place unless it is being answered", arguments: standings)
  func standing(_ row: LineCase<ConnectionQueue.Standing>) {
    let line = MachineLine()
    line.passes(.seconds(1))
    row.drive(line)
    #expect(line.standing == row.expected)
    let since = line.standsSince
    line.passes(.milliseconds(100))
    line.sends("a")
    if row.expected == .waiting { #expect(line.standsSince == since, "it keeps its place") }
  }
}
