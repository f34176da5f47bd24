import Testing

@testable import HTTP

/// Which connection is given up at the limit.
@Suite(.timeLimit(.minutes(10))) struct ConnectionLimitTests {
  private static let message = Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8)

  /// A connection whose request has begun, once the server has read what was sent of it.
  private static func begin(_ start: String, port: Int, memory: HTTPMemory) -> RawLine? {
    let held = memory.heldInput
    let line = RawLine(port: port)
    line?.send(start)
    while memory.heldInput == held { RawLine.pause(milliseconds: 1) }
    return line
  }

  @Test(
    "the one that has been idle the longest makes room, whatever loop it is on", arguments: [1, 3])
  func oldest(loopCount: Int) async throws {
    try await Self.comes([
      [false, true, false, false, false], [true, true, false, true, false, false, false],
    ]) { try await Self.kept(loopCount: loopCount) }
  }

  /// What is tried comes to this: a loop that is held up between an answer and its note of it, or before
  /// it closes what was given up, shows another state for a moment, so it is tried again.
  private static func comes<State: Equatable & Sendable>(
    _ expected: State, _ state: () async throws -> State
  ) async throws {
    var found = try await state()
    for _ in 0..<5 where found != expected { found = try await state() }
    #expect(found == expected)
  }

  /// Which of four connections, and of those behind them, a server has closed after one more and
  /// after three more.
  private static func kept(loopCount: Int) async throws -> [[Bool]] {
    let server = try LineServer(loopCount: loopCount, maximumConnections: 4) { _ in .text(200, "") }
    let found = await server.talk { port -> [[Bool]] in
      var lines = (0..<4).compactMap { _ in RawLine(port: port) }
      func use(_ place: Int) { #expect(lines[place].exchange(message) == 200) }
      func fresh() {
        guard let line = RawLine(port: port) else { return }
        #expect(line.exchange(message) == 200)
        lines.append(line)
      }
      for place in 0..<4 { use(place) }
      use(0)
      use(2)
      fresh()
      let first = lines.map(\.isReadable)
      fresh()
      fresh()
      return [first, lines.map(\.isReadable)]
    }
    await server.stop()
    return found
  }

  @Test("where none is idle, the one that has been sending the longest makes room")
  func sending() async throws {
    try await Self.comes([true, false, false, true]) { try await Self.keptSenders() }
  }

  /// Which of three that send, and of one that rests then, a server has closed after two more.
  private static func keptSenders() async throws -> [Bool] {
    let server = try LineServer(maximumConnections: 3) { _ in .text(200, "") }
    let open = await server.talk { port -> [Bool] in
      let starts = [
        "GET / HTTP/1.1\r\nHo", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nab", "G",
      ]
      let lines = starts.compactMap { start in
        // The next is younger for the server as well.
        Self.begin(start, port: port, memory: server.memory)
      }
      let fourth = RawLine(port: port)
      #expect(fourth?.exchange(Self.message) == 200)
      // Now the fourth rests, so that it goes before the others.
      let fifth = RawLine(port: port)
      #expect(fifth?.exchange(Self.message) == 200)
      return lines.map(\.isReadable) + [fourth?.isReadable == true]
    }
    await server.stop()
    return open
  }

  @Test("one that is idle goes before an older one that sends, on whatever loops they are")
  func idleFirst() async throws {
    try await Self.comes([false, true]) { try await Self.keptIdle() }
  }

  /// Whether a server has closed one that sends, and an idle one, after one more.
  private static func keptIdle() async throws -> [Bool] {
    let server = try LineServer(loopCount: 2, maximumConnections: 2) { _ in .text(200, "") }
    let open = await server.talk { port -> [Bool] in
      let sending = Self.begin("GET / HTTP/1.1\r\nHo", port: port, memory: server.memory)
      let idle = RawLine(port: port)
      #expect(idle?.exchange(Self.message) == 200)
      let new = RawLine(port: port)
      #expect(new?.exchange(Self.message) == 200)
      return [sending?.isReadable == true, idle?.isReadable == true]
    }
    await server.stop()
    return open
  }

  @Test("one whose answers nobody takes makes room as well")
  func unread() async throws {
    let server = try LineServer(maximumConnections: 2) { request in
      request.target == "/"
        ? .text(200, "")
        : HTTPResponse(status: 200, body: .bytes([UInt8](repeating: 1, count: 9_000_000)))
    }
    let status = await server.talk { port -> Int? in
      let lines = (0..<2).compactMap { _ in RawLine(port: port, receiveBuffer: 4096) }
      for line in lines {
        line.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
        _ = line.read(1)
      }
      return RawLine(port: port)?.exchange(Self.message)
    }
    #expect(status == 200)
    await server.stop()
  }

  @Test("requests that are being answered are not given up: the new connection is")
  func busy() async throws {
    let (released, release) = AsyncStream<Void>.makeStream()
    let (arrived, arrival) = AsyncStream<Void>.makeStream()
    let server = try LineServer(maximumConnections: 2) { request in
      arrival.yield()
      if request.target == "/stream" {
        return HTTPResponse(
          status: 200, body: .stream(length: nil) { _ in for await _ in released { break } })
      }
      for await _ in released { break }
      return .text(200, "")
    }
    async let busy = server.talk { port -> [Int?] in
      let lines = ["/", "/stream"].map { target in
        let line = RawLine(port: port)
        line?.send("GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n")
        return line
      }
      return lines.map { $0?.status() }
    }
    var count = 0
    for await _ in arrived {
      count += 1
      if count == 2 { break }
    }
    #expect(await server.talk { RawLine(port: $0)?.exchange(Self.message) } == nil)
    release.yield()
    release.yield()
    #expect(await busy == [200, 200])
    await server.stop()
  }

  @Test("behind many idle connections each new caller is served")
  func many() async throws {
    let server = try LineServer(
      loopCount: 2, maximumConnections: 400, answer: { _ in .text(200, "") })
    let served = await server.talk { port -> Int in
      let lines = (0..<400).compactMap { _ in RawLine(port: port) }
      let served = (0..<50).filter { _ in RawLine(port: port)?.exchange(Self.message) == 200 }
      return withExtendedLifetime(lines) { served.count }
    }
    #expect(served == 50)
    await server.stop()
  }
}
