import Glibc
import Platform
import Synchronization
import Testing

@testable import HTTP

/// Connections that a client keeps, and that the server closed meanwhile.
@Suite(.timeLimit(.minutes(10))) struct KeptConnectionTests {
  private static let answer = Array("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".utf8)

  /// A server that answers the first request of a connection, and closes it upon the second one's
  /// coming, with some bytes of an answer or none.
  private func server(_ rest: [UInt8] = []) throws -> RawServer {
    try #require(
      RawServer { connection, _ in
        _ = RawServer.send(Self.answer, to: connection)
        var buffer = [UInt8](repeating: 0, count: 4096)
        if read(connection, &buffer, buffer.count) > 0 { _ = RawServer.send(rest, to: connection) }
      })
  }

  /// How two requests end at such a server, and how many connections it saw.
  private func send(
    _ method: String, _ rest: [UInt8] = []
  ) async throws -> (status: Int?, connections: Int) {
    let loops = EventLoops(count: 1)
    let server = try server(rest)
    let url = try #require(HTTPURL("http://127.0.0.1:\(server.port)/"))
    let client = HTTPClient(loops: loops)
    #expect(try await client.send(HTTPClientRequest(url: url)).status == 200)
    let answer = try? await client.send(HTTPClientRequest(method: method, url: url))
    loops.stop()
    return (answer?.status, server.requests.count)
  }

  @Test(
    "a request that a server cannot have acted on is sent anew, once",
    arguments: ["GET", "HEAD", "OPTIONS"])
  func again(method: String) async throws {
    let found = try await send(method)
    #expect(found.status == 200 && found.connections == 2)
  }

  @Test("a connection with bytes behind its answer is not kept")
  func surplus() async throws {
    let loops = EventLoops(count: 1)
    let server = try #require(
      RawServer { connection, _ in
        _ = RawServer.send(Self.answer + Array("HTTP/1.1 500 X\r\n".utf8), to: connection)
        var buffer = [UInt8](repeating: 0, count: 4096)
        _ = read(connection, &buffer, buffer.count)
      })
    let url = try #require(HTTPURL("http://127.0.0.1:\(server.port)/"))
    let client = HTTPClient(loops: loops)
    for _ in 0..<2 {
      // One that is not sent anew where a kept connection fails.
      let request = HTTPClientRequest(method: "POST", url: url)
      #expect(try await client.send(request).status == 200)
    }
    loops.stop()
    #expect(server.requests.count == 2)
  }

  @Test(
    "another is not, nor one whose answer had begun", arguments: ["POST", "PUT", "DELETE", "PATCH"])
  func never(method: String) async throws {
    let found = try await send(method)
    #expect(found.status == nil && found.connections == 1)
    let begun = try await send("GET", Array("HTTP/1.1 2".utf8))
    #expect(begun.status == nil && begun.connections == 1)
  }

  @Test("requests of one place share a connection; one that is to close is not kept")
  func shared() async throws {
    let loops = EventLoops(count: 1)
    let peers = Mutex<Set<String>>([])
    let server = HTTPServer(
      HTTPServerConfiguration(listen: [HostPort(host: "127.0.0.1", port: 0)]), loops: loops,
      handler: ClosureHandler { request in
        peers.withLock { _ = $0.insert(request.peer) }
        return .text(200, "")
      })
    try server.start()
    let url = try #require(HTTPURL(server.urls[0]))
    let client = HTTPClient(loops: loops)
    for _ in 0..<3 { _ = try await client.send(HTTPClientRequest(url: url)) }
    #expect(peers.withLock { $0.count } == 1)
    for _ in 0..<2 {
      _ = try await client.send(HTTPClientRequest(url: url, headers: ["Connection": "close"]))
    }
    #expect(peers.withLock { $0.count } == 2)
    await server.stop(grace: .zero)
    loops.stop()
  }
}
