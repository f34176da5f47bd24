import Testing

@testable import HTTP

/// A server that stops, and another end that sends no more.
extension HTTPConnectionMachineTests {
  /// How a connection stands: right after something, and once what was begun is over.
  struct Ending: Sendable, Equatable {
    var closesAtOnce = false
    var cancels = false
    var statuses: [Int] = []
  }

  static let stops: [LineCase<Ending>] = [
    LineCase("new", Ending(closesAtOnce: true)) { _ in },
    LineCase("idle", Ending(closesAtOnce: true, statuses: [200])) { $0.sends(message("/now")) },
    LineCase("a head is being read", Ending(statuses: [200])) { line in
      line.sends("GET /now HTTP/1.1\r\n")
      line.stops()
      line.sends("Host: a\r\n\r\n")
    },
    LineCase("a body is being read", Ending(statuses: [200])) { line in
      line.sends(upload(5, to: "/now"))
      line.stops()
      line.sends("hello")
    },
    LineCase("a task answers", Ending(statuses: [200])) { line in
      line.sends(message("/") + message("/now"))
      line.stops()
      line.answers()
    },
    LineCase("a handler reads a body", Ending(statuses: [200])) { line in
      line.plan = .stream
      line.sends(upload(5))
      line.wantsBody()
      line.stops()
      line.sends("hello")
      line.answers()
    },
    LineCase("a stream is written", Ending(cancels: true, statuses: [200])) { line in
      line.sends(message("/"))
      line.answers(stream())
      line.stops()
      line.endsStream()
    },
    LineCase("an endless stream begins", Ending(cancels: true, statuses: [200])) { line in
      line.sends(message("/"))
      line.stops()
      line.answers(stream())
      line.endsStream()
    },
    LineCase("a stream with an end begins", Ending(statuses: [200])) { line in
      line.sends(message("/"))
      line.stops()
      line.answers(stream(5))
      line.writes(5)
      line.endsStream()
    },
    LineCase("silence", Ending(closesAtOnce: true)) { line in
      line.sends(message("/"))
      line.answers(HTTPResponse(status: 500, body: .silence))
    },
    LineCase("silence begins", Ending(closesAtOnce: true)) { line in
      line.sends(message("/"))
      line.stops()
      line.answers(HTTPResponse(status: 500, body: .silence))
    },
  ]

  @Test("a server that stops ends a connection once its exchange is over", arguments: stops)
  func stopping(_ row: LineCase<Ending>) {
    let line = MachineLine()
    row.drive(line)
    line.stops()
    let cancels = line.cancelled > 0
    #expect(
      Ending(closesAtOnce: line.isClosed, cancels: cancels, statuses: line.statuses) == row.expected
    )
    #expect(line.isClosed || line.isLingering && line.hasFinished)
    line.passes(.seconds(1))
    #expect(line.isClosed && line.memory.heldInput == 0)
  }

  @Test("answers that a server has given when it stops are still taken")
  func stopsWhileTaken() {
    let line = MachineLine()
    line.window = 10
    line.sends(message("/now/1"))
    line.stops()
    #expect(!line.isClosed)
    line.takesAll()
    #expect(line.statuses == [200])
    line.passes(.zero)
    #expect(line.isClosed)
  }

  static let ends: [LineCase<Ending>] = [
    LineCase("new", Ending(closesAtOnce: true)) { $0.endsInput() },
    LineCase("half a head", Ending(closesAtOnce: true)) { line in
      line.sends("GET")
      line.endsInput()
    },
    LineCase("a task answers", Ending(statuses: [200])) { line in
      line.sends(message("/"))
      line.endsInput()
      line.answers()
    },
    LineCase("two requests", Ending(statuses: [200, 201])) { line in
      line.sends(message("/") + message("/2"))
      line.endsInput()
      line.answers()
      line.answers(.text(201, ""))
    },
    LineCase("a request and a half", Ending(statuses: [200])) { line in
      line.sends(message("/") + "GET")
      line.endsInput()
      line.answers()
    },
    LineCase("a request and a half, its answer not taken yet", Ending(statuses: [200])) { line in
      line.sends(message("/") + "GET")
      line.endsInput()
      line.window = 10
      line.answers()
      #expect(!line.isClosed)
      line.takesAll()
    },
    LineCase("a stream with an end", Ending(statuses: [200])) { line in
      line.sends(message("/"))
      line.answers(stream(5))
      line.endsInput()
      line.writes(5)
      line.endsStream()
    },
    LineCase("a stream without one", Ending(closesAtOnce: true, statuses: [200])) { line in
      line.sends(message("/"))
      line.answers(stream())
      line.endsInput()
    },
    LineCase("silence", Ending(closesAtOnce: true)) { line in
      line.sends(message("/"))
      line.answers(HTTPResponse(status: 500, body: .silence))
      line.endsInput()
    },
    LineCase("answers wait", Ending(statuses: [200])) { line in
      line.window = 10
      line.sends(message("/now"))
      line.endsInput()
      #expect(!line.isClosed)
      line.takesAll()
    },
    LineCase("a last answer waits", Ending(statuses: [200])) { line in
      line.window = 10
      line.sends(message("/now", "Connection: close\r\n"))
      line.endsInput()
      #expect(!line.isClosed)
      line.takesAll()
    },
  ]

  @Test("who sends no more still gets what is under way, then the connection ends", arguments: ends)
  func halfClosed(_ row: LineCase<Ending>) {
    let line = MachineLine()
    row.drive(line)
    #expect(line.isClosed && line.statuses == row.expected.statuses && line.cancelled == 0)
    #expect(line.memory.heldInput == 0 && line.memory.heldOutput == 0)
  }

  @Test("where the handler is to know, the end cancels it, unless that is for requests behind it")
  func endsWithInput() {
    for (more, cancels) in [("", 1), (message("/2"), 0)] {
      let line = MachineLine(endsWithInput: true)
      line.sends(message("/") + more)
      line.endsInput()
      #expect(line.cancelled == cancels && !line.isClosed && !line.isReading)
      line.answers()
      #expect(line.statuses == [200])
    }
  }

  @Test("who watches without an end and sends too much is cut off, since its end could not be seen")
  func watching() {
    for (length, isClosed) in [(nil, true), (5, false)] as [(Int?, Bool)] {
      let line = MachineLine()
      line.sends(message("/"))
      line.answers(Self.stream(length))
      _ = line.pours(100_000)
      #expect(line.isClosed == isClosed && (isClosed || !line.isReading))
    }
  }

  @Test("what TLS has not decrypted counts, and a handshake is told from what rests")
  func encrypted() {
    var limits = HTTPMemoryLimits()
    limits.input = 10_000
    for isEstablished in [true, false] {
      let line = MachineLine(memory: limits, isPlain: false)
      line.starves(isGreeting: true, isEstablished: false)
      #expect(line.standing == .greeting)
      line.starves(isEstablished: isEstablished)
      #expect(line.standing == .idle)
      line.machine.undecrypted = 3000
      line.starves(isEstablished: isEstablished)
      #expect(line.memory.heldInput == 3000)
      line.machine.undecrypted = 20_000
      line.starves(isEstablished: isEstablished)
      #expect(line.statuses == (isEstablished ? [503] : []))
      #expect(line.isLingering == isEstablished && line.isClosed == !isEstablished)
    }
  }

  @Test(
    "behind a task's answer what TLS holds is looked for, since the socket does not announce it")
  func decrypted() {
    let line = MachineLine(isPlain: false)
    line.sends(message("/"))
    line.answers()
    #expect(line.readAgain == 1)
    let plain = MachineLine()
    plain.sends(message("/"))
    plain.answers()
    #expect(plain.readAgain == 0)
  }
}
