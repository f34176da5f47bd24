import Testing

@testable import HTTP

/// Bodies that are collected, and those that the handler reads piece by piece.
extension HTTPConnectionMachineTests {
  static let expectation = "Expect: 100-continue\r\n"

  @Test("a collected body is asked for once, unless it comes by itself")
  func collected() {
    let line = MachineLine()
    line.sends(upload(6, Self.expectation, to: "/now"))
    #expect(line.statuses == [100] && line.offered.isEmpty)
    line.sends("abc")
    #expect(line.statuses == [100])
    line.sends("def" + upload(3, Self.expectation, to: "/now") + "abc")
    #expect(line.statuses == [100, 200, 200] && line.bodies == [6, 3])
    line.sends(message("/now", Self.expectation))
    #expect(line.statuses == [100, 200, 200, 200], "there is no body to ask for")
  }

  @Test("a collected body is as long as the handler allows")
  func planned() {
    for (limit, status) in [(nil, 413), (2000, 200), (1999, 413)] as [(Int?, Int)] {
      let line = MachineLine(plan: .collect(limit: limit), limits: HTTPLimits(body: 1000))
      line.sends(upload(2000, to: "/now") + String(repeating: "a", count: 2000))
      #expect(line.statuses == [status])
    }
  }

  @Test("the handler gets a body's pieces as it asks for them, and what follows is a request")
  func pieces() {
    var limits = HTTPMemoryLimits()
    limits.streams = HTTPMemory.streamSize
    for chunk in [nil, 50_000] as [Int?] {
      let line = MachineLine(plan: .stream, memory: limits)
      line.sends(
        chunk == nil
          ? upload(150_000, to: "/1")
          : message("/1", "Transfer-Encoding: chunked\r\n", method: "PUT"))
      #expect(line.tasks == ["/1"], "it begins with the head")
      line.wantsBody()
      #expect(line.pieces.isEmpty)
      for part in 0..<3 {
        var bytes = [UInt8](repeating: 1, count: 50_000)
        if chunk != nil { bytes = Array("c350\r\n".utf8) + bytes + Array("\r\n".utf8) }
        if part == 2 {
          bytes += Array(((chunk == nil ? "" : "0\r\n\r\n") + message("/now/2")).utf8)
        }
        line.sends(bytes)
      }
      #expect(line.pieces == [50_000], "the others wait until they are asked for")
      #expect(line.pours(10) == 0 && !line.isReading)
      line.wantsBody()
      #expect(line.pieces[1] == 65_536 && line.isReading)
      while line.pieces.reduce(0, +) < 150_000 { line.wantsBody() }
      #expect(line.pieces.allSatisfy { $0 <= 65_536 } && line.offered.isEmpty)
      line.answers()
      #expect(line.offered == ["/now/2"] && line.statuses == [200, 200])
      #expect(line.memory.heldInput == 0)
      #expect(line.memory.openStream(), "there is room for the next")
    }
  }

  @Test("100 Continue is sent when the handler asks, and only then")
  func continues() {
    let line = MachineLine(plan: .stream)
    line.sends(upload(6, Self.expectation))
    #expect(line.text.isEmpty)
    line.wantsBody()
    #expect(line.statuses == [100])
    line.sends("abc")
    line.wantsBody()
    #expect(line.statuses == [100])
    line.sends("def")
    line.answers()
    #expect(line.statuses == [100, 200] && !line.isLingering)
    line.sends(upload(3, Self.expectation) + "abc")
    line.wantsBody()
    #expect(line.statuses == [100, 200], "it is there already")
    line.answers()
    line.sends(upload(3, Self.expectation))
    line.answers(.text(403, ""))
    #expect(line.statuses == [100, 200, 200, 403])
    #expect(line.isLingering, "nobody knows whether the body comes")
  }

  /// How much of a body comes behind the answer; nil where the connection ends with that.
  static let unreadBodies: [LineCase<Int?>] = [
    LineCase("little is left", 65_536) { $0.sends(upload(65_536)) },
    LineCase("much is left", nil) { $0.sends(upload(65_537)) },
    LineCase("much, of which little is left", 60_000) { line in
      line.sends(upload(100_000))
      line.wantsBody()
      line.sends([UInt8](repeating: 1, count: 40_000))
    },
    LineCase("chunks that are there", 0) {
      $0.sends(message("/", "Transfer-Encoding: chunked\r\n") + "3\r\nabc\r\n0\r\n\r\n")
    },
    LineCase("chunks that are not all there", nil) {
      $0.sends(message("/", "Transfer-Encoding: chunked\r\n") + "3\r\nabc\r\n")
    },
    LineCase("chunks that are none", nil) {
      $0.sends(message("/", "Transfer-Encoding: chunked\r\n") + "x\r\n")
    },
  ]

  @Test(
    "behind an answer to a body that was not read the connection goes on if little is left",
    arguments: unreadBodies)
  func unread(_ row: LineCase<Int?>) {
    let line = MachineLine(plan: .stream)
    row.drive(line)
    let pieces = line.pieces
    line.answers(.text(403, ""))
    #expect(line.statuses == [403] && line.bodyFailure == .closed)
    #expect(line.isLingering == (row.expected == nil))
    #expect(line.lines.contains("Connection: close") == line.isLingering)
    line.wantsBody()
    #expect(line.pieces == pieces, "there is nobody to give it to")
    line.sends([UInt8](repeating: 1, count: row.expected ?? 100))
    line.sends(message("/now"))
    #expect(line.statuses == (row.expected == nil ? [403] : [403, 200]))
  }

  @Test("chunks that are none are answered 400, and the handler is told")
  func malformed() {
    let line = MachineLine(plan: .stream)
    line.sends(message("/", "Transfer-Encoding: chunked\r\n") + "3\r\nabc\r\n")
    line.wantsBody()
    line.wantsBody()
    line.sends("x\r\n")
    #expect(line.pieces == [3] && line.bodyFailure == .malformed && line.cancelled == 1)
    #expect(line.statuses == [400] && line.told == [400] && line.isLingering && line.hasFinished)
    line.answers()
    #expect(line.statuses == [400])
    // The same where the handler asks for it later.
    let late = MachineLine(plan: .stream)
    late.sends(message("/", "Transfer-Encoding: chunked\r\n") + "x\r\n")
    #expect(late.statuses.isEmpty)
    late.wantsBody()
    #expect(late.statuses == [400] && late.bodyFailure == .malformed)
  }

  @Test("a body whose end never comes ends with the input, and the handler may answer")
  func cut() {
    for waitsFirst in [true, false] {
      let line = MachineLine(plan: .stream)
      line.sends(upload(9) + "abc")
      line.wantsBody()
      if waitsFirst { line.wantsBody() }
      line.endsInput()
      if !waitsFirst { line.wantsBody() }
      #expect(line.pieces == [3] && line.bodyFailure == .closed && line.cancelled == 0)
      line.answers(.text(400, ""))
      #expect(line.statuses == [400] && line.isClosed && line.hasFinished)
    }
  }

  @Test("a handler that is cancelled while it waits gets nothing")
  func left() {
    let line = MachineLine(plan: .stream)
    line.sends(upload(9))
    line.wantsBody()
    line.leavesBody()
    line.sends("abc")
    #expect(line.pieces.isEmpty)
    line.answers()
    line.sends("defghi" + message("/now"))
    #expect(line.statuses == [200, 200])
  }
}
