import Glibc
import Platform
import Testing

@testable import HTTP

/// A server that stops while others still want something of it.
@Suite(.timeLimit(.minutes(10))) struct StoppingTests {
  let loops = EventLoops(count: 1)
  private static let request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

  private func start(
    _ answer: @escaping @Sendable (HTTPRequest) async -> HTTPResponse
  ) throws -> (server: HTTPServer, port: Int) {
    let server = HTTPServer(
      HTTPServerConfiguration(listen: [HostPort(host: "127.0.0.1", port: 0)]), loops: loops,
      handler: ClosureHandler(answer))
    try server.start()
    return (server, Int(server.addresses[0].port))
  }

  /// What a peer gets that sends one request; nil after a reset.
  ///
  /// It runs off the cooperative threads.
  private func exchange(port: Int) async -> [UInt8]? {
    await withCheckedContinuation { continuation in
      Thread.run {
        let line = RawLine(port: port)
        line?.send(Self.request)
        continuation.resume(returning: line?.readAll())
      }
    }
  }

  /// Returns once nobody listens on a port.
  private func refused(port: Int) async {
    await withCheckedContinuation { continuation in
      Thread.run {
        while RawLine(port: port) != nil { RawLine.pause(milliseconds: 1) }
        continuation.resume()
      }
    }
  }

  private func pair() -> (Int32, Int32) {
    var ends: [Int32] = [-1, -1]
    #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
    return (ends[0], ends[1])
  }

  /// How much there is to be read of one byte: none at the end, less after a reset.
  private static func read(_ descriptor: Int32) -> Int {
    var byte: UInt8 = 0
    return recv(descriptor, &byte, 1, 0)
  }

  /// What a peer gets whose answer is made while the server stops, which then ends as well.
  private func lateAnswer(_ response: HTTPResponse) async throws -> String {
    let (arrived, arrival) = AsyncStream<Void>.makeStream()
    let (released, release) = AsyncStream<Void>.makeStream()
    let (server, port) = try start { _ in
      arrival.yield()
      for await _ in released { break }
      return response
    }
    async let answer = exchange(port: port)
    for await _ in arrived { break }
    // Longer than a test may take.
    async let stopped: Void = server.stop(grace: .seconds(90))
    await refused(port: port)
    release.yield()
    let bytes = try #require(await answer)
    await stopped
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test("an answer in the making is waited for, and no longer than it takes")
  func lateText() async throws {
    #expect(try await lateAnswer(.text(200, "late")).hasPrefix("HTTP/1.1 200"))
  }

  @Test("an endless answer that begins while the server stops ends at once, and in order")
  func lateWatch() async throws {
    let (never, unused) = AsyncStream<Void>.makeStream()
    let response = HTTPResponse(
      status: 200, body: .stream(length: nil) { _ in for await _ in never {} })
    let text = try await lateAnswer(response)
    #expect(text.hasSuffix("\r\n\r\n0\r\n\r\n"), "\(text)")
    withExtendedLifetime(unused) {}
  }

  @Test("who is to get no answer is not kept waiting by a server that stops")
  func lateSilence() async throws {
    #expect(try await lateAnswer(HTTPResponse(status: 500, body: .silence)) == "")
  }

  @Test("a connection that was accepted while the server stopped is closed as well")
  func lateConnection() async throws {
    let (server, _) = try start { _ in .text(200, "too late") }
    let (accepted, peer) = pair()
    _ = Self.request.withCString { send(peer, $0, Self.request.utf8.count, 0) }
    let (gate, key) = pair()
    let (reached, reaching) = AsyncStream<Void>.makeStream()
    loops.first.execute {
      reaching.yield()
      _ = Self.read(gate)
    }
    for await _ in reached { break }
    // It waits for the loop, so the server does not count it yet.
    server.accepted(accepted)
    await server.stop(grace: .zero)
    close(key)
    let count = await withCheckedContinuation { continuation in
      Thread.run { continuation.resume(returning: Self.read(peer)) }
    }
    #expect(count <= 0, "it is answered, or served at all")
    for descriptor in [peer, gate] { close(descriptor) }
  }
}
