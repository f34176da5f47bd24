import Testing

@testable import HTTP

/// What is answered when, and behind which answer a connection ends; without sockets.
@Suite struct HTTPConnectionMachineTests {
  @Test("requests that come at once are offered one after another, and answered in that order")
  func order() {
    let line = MachineLine()
    line.sends(["/now/1", "/2", "/now/3", "/4"].map { message($0) }.joined())
    #expect(line.offered == ["/now/1", "/2"])
    #expect(line.statuses == [200], "what is answered does not wait for what is not")
    line.sends(message("/5"))
    line.answers(.text(201, "/2"))
    #expect(line.offered == ["/now/1", "/2", "/now/3", "/4"])
    line.answers(.text(202, ""))
    line.answers(.text(203, ""))
    #expect(line.statuses == [200, 201, 200, 202, 203])
    #expect(line.tasks == ["/2", "/4", "/5"])
    // Nothing is asked any more: an answer too many is none.
    line.answers(.text(500, ""))
    #expect(line.statuses.count == 5 && !line.isClosed)
  }

  @Test("wherever the bytes are cut, the same is answered")
  func cuts() {
    let chunks = "Transfer-Encoding: chunked\r\n"
    let sent = Array(
      (message("/now/1") + upload(5, to: "/now/2") + "12345"
        + message("/now/3", chunks, method: "PUT") + "3\r\nabc\r\n0\r\n\r\n"
        + message("/now/4", "Connection: close\r\n")).utf8)
    let whole = MachineLine()
    whole.sends(sent)
    #expect(whole.offered == ["/now/1", "/now/2", "/now/3", "/now/4"])
    #expect(whole.bodies == [0, 5, 3, 0])
    for cut in sent.indices {
      let line = MachineLine()
      line.sends(Array(sent[..<cut]))
      line.sends(Array(sent[cut...]))
      #expect(line.text == whole.text && line.isLingering, "cut at \(cut)")
    }
  }

  /// Whether the connection goes on, and what its answer says of that.
  struct Kept: Sendable, Equatable {
    var goesOn: Bool
    var field: String?
  }

  static let kept: [LineCase<Kept>] =
    [
      ("HTTP/1.1", "GET /now HTTP/1.1\r\nHost: a\r\n\r\n", Kept(goesOn: true)),
      ("close", message("/now", "Connection: close\r\n"), Kept(goesOn: false, field: "close")),
      (
        "close among others", message("/now", "Connection: x, CLOSE\r\n"),
        Kept(goesOn: false, field: "close")
      ),
      ("HTTP/1.0", "GET /now HTTP/1.0\r\n\r\n", Kept(goesOn: false)),
      (
        "HTTP/1.0 that is kept", "GET /now HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
        Kept(goesOn: true, field: "keep-alive")
      ),
    ].map { name, sent, expected in LineCase(name, expected) { $0.sends(sent) } }
    + [
      LineCase("one that a task answers", Kept(goesOn: true)) { line in
        line.sends(message("/"))
        line.answers()
      },
      LineCase("close that a task answers", Kept(goesOn: false, field: "close")) { line in
        line.sends(message("/", "Connection: close\r\n"))
        line.answers()
      },
      LineCase("a server that stops", Kept(goesOn: false, field: "close")) { line in
        line.sends(message("/"))
        line.stops()
        line.answers()
      },
    ]

  @Test("a connection goes on or ends behind an answer as that says", arguments: kept)
  func keeping(_ row: LineCase<Kept>) {
    let line = MachineLine()
    row.drive(line)
    #expect(line.statuses == [200])
    #expect(line.isLingering == !row.expected.goesOn)
    #expect(line.hasFinished == !row.expected.goesOn, "it is said that nothing more comes")
    let field = line.lines.first { $0.hasPrefix("Connection: ") }?.dropFirst(12)
    #expect(field.map(String.init) == row.expected.field)
    line.sends(message("/now/next"))
    #expect(line.offered.contains("/now/next") == row.expected.goesOn)
  }

  @Test("behind the last answer nothing is read, and nothing held")
  func last() {
    let line = MachineLine()
    line.sends(message("/now/1", "Connection: close\r\n") + message("/now/2"))
    line.sends(message("/now/3"))
    #expect(line.offered == ["/now/1"])
    #expect(line.isReading, "closing with unread input would lose the answer")
    #expect(line.memory.heldInput == 0 && !line.isClosed)
    line.endsInput()
    #expect(line.isClosed)
  }

  static let refusals: [(String, Int)] = [
    ("GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400), ("GET / HTTP/1.1\r\n\r\n", 400),
    ("GET /\n", 400), ("GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505),
    ("GET /\(String(repeating: "a", count: 200))", 414),
    (message("/", "X: \(String(repeating: "a", count: 400))\r\n"), 431),
    (message("/", "Expect: wonders\r\n"), 417),
    (message("/", "Transfer-Encoding: gzip\r\n"), 501), (upload(5, "Content-Length: 5\r\n"), 400),
    (upload(1001), 413),
    (message("/", "Transfer-Encoding: chunked\r\n") + "3e9\r\n", 413),
    (message("/", "Transfer-Encoding: chunked\r\n") + "x\r\n", 400),
  ]

  @Test("what cannot be read is answered here, told, and the end", arguments: refusals)
  func refused(sent: String, status: Int) {
    for before in ["", message("/now/1")] {
      let line = MachineLine(limits: HTTPLimits(requestLine: 100, head: 300, body: 1000))
      line.sends(before + sent)
      #expect(line.statuses == (before.isEmpty ? [] : [200]) + [status])
      #expect(line.told == [status])
      #expect(line.lines.contains("Connection: close"))
      #expect(line.isLingering && line.hasFinished && line.tasks.isEmpty)
      #expect(line.memory.heldInput == 0)
      line.sends(message("/now/2"))
      #expect(!line.offered.contains("/now/2"))
    }
  }

  static let forms: [LineCase<[Substring]>] = [
    LineCase("a text", ["Content-Length: 2", "ok"]) { $0.answers(.text(200, "ok")) },
    LineCase("204", []) { $0.answers(.text(204, "never")) },
    LineCase("304", []) { $0.answers(.text(304, "never")) },
    LineCase("a stream", ["Transfer-Encoding: chunked", "2", "bb", "0"]) { line in
      line.answers(HTTPResponse(status: 200, body: .stream(length: nil) { _ in }))
      line.writes(2)
      line.endsStream()
    },
    LineCase("a stream of a known length", ["Content-Length: 2", "bb"]) { line in
      line.answers(HTTPResponse(status: 200, body: .stream(length: 2) { _ in }))
      line.writes(2)
      line.endsStream()
    },
  ]

  @Test("each form of an answer is framed, and another may follow", arguments: forms)
  func form(_ row: LineCase<[Substring]>) {
    let line = MachineLine()
    line.sends(message("/"))
    row.drive(line)
    let own = line.lines.dropFirst().filter {
      !$0.hasPrefix("Date: ") && !$0.hasPrefix("Content-Type: ")
    }
    #expect(own == row.expected)
    line.sends(message("/now/2"))
    #expect(line.offered == ["/", "/now/2"])
  }

  @Test("an answer to HEAD has the head of the answer to GET, and no body")
  func head() {
    let line = MachineLine()
    line.sends(message("/", method: "HEAD"))
    line.answers(.text(200, "never"))
    #expect(line.lines.contains("Content-Length: 5") && !line.text.contains("never"))
    line.sends(message("/", method: "HEAD"))
    line.answers(HTTPResponse(status: 200, body: .stream(length: nil) { _ in }))
    #expect(line.lines.contains("Transfer-Encoding: chunked"))
    #expect(line.streams == 0, "nobody is made to write it")
    line.sends(message("/now/next"))
    #expect(line.statuses == [200, 200, 200])
  }

  @Test("a stream to HTTP/1.0 ends with the connection, and has no chunks")
  func untilClose() {
    let line = MachineLine()
    line.sends("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
    line.answers(HTTPResponse(status: 200, body: .stream(length: nil) { _ in }))
    line.writes(3)
    line.endsStream()
    #expect(line.text.hasSuffix("\r\n\r\nbbb") && !line.text.contains("Connection"))
    #expect(line.isLingering && line.hasFinished)
  }

  @Test("a stream that breaks off, or is not as long as it said, ends without its end")
  func broken() {
    for (length, written, isWhole) in [
      (nil, 2, false), (5, 2, true), (5, 5, false), (5, 6, true),
    ] as [(Int?, Int, Bool)] {
      let line = MachineLine()
      line.sends(message("/") + message("/now/2"))
      line.answers(HTTPResponse(status: 200, body: .stream(length: length) { _ in }))
      #expect(line.writes(written) == (written != 6), "more than was said is not sent")
      line.endsStream(isWhole: isWhole)
      #expect(line.isClosed && !line.hasFinished && line.statuses == [200])
      #expect(!line.text.hasSuffix("0\r\n\r\n") && !line.writes(1))
    }
  }

  @Test("no answer ends the connection, or resets it, or keeps the other end waiting")
  func unanswered() {
    for (body, isClosed, isReset) in [
      (HTTPResponse.Body.none, true, false), (.reset, true, true), (.silence, false, false),
    ] {
      let line = MachineLine()
      line.sends(message("/") + message("/now/2"))
      line.answers(HTTPResponse(status: 500, body: body))
      #expect(line.isClosed == isClosed && line.isReset == isReset)
      #expect(line.text.isEmpty && line.offered == ["/"])
      line.passes(.seconds(100_000))
      #expect(line.isClosed == isClosed)
      // Only who stops, or the other end, ends the silence.
      line.stops()
      #expect(line.isClosed && line.memory.heldInput == 0)
    }
  }
}
