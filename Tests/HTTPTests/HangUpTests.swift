import Glibc
import Platform
import Testing

@testable import HTTP

/// Callers who send no more while their request is being answered, and answers that break off.
@Suite(.timeLimit(.minutes(10))) struct HangUpTests {
  private static let request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

  /// A server whose handler waits until it is cancelled or `release` is finished.
  private func server(
    endsWithInput: Bool
  ) throws -> (
    server: LineServer, arrived: AsyncStream<Void>, release: AsyncStream<Void>.Continuation
  ) {
    let (arrived, arrival) = AsyncStream<Void>.makeStream()
    let (released, release) = AsyncStream<Void>.makeStream()
    let server = try LineServer(endsWithInput: endsWithInput) { _ in
      arrival.yield()
      for await _ in released {}
      return .text(200, Task.isCancelled ? "cancelled" : "finished")
    }
    return (server, arrived, release)
  }

  private func half(_ server: LineServer, requests: Int) async -> String {
    await server.talk { port in
      let line = RawLine(port: port)
      line?.send(String(repeating: Self.request, count: requests))
      line?.finish()
      return String(decoding: line?.readAll() ?? [], as: UTF8.self)
    }
  }

  @Test("who shuts down a half has the handler cancelled, and gets its answer")
  func halfClosed() async throws {
    let (server, _, _) = try server(endsWithInput: true)
    #expect(await half(server, requests: 1).hasSuffix("cancelled"))
    await server.stop()
  }

  @Test("elsewhere the handler goes on")
  func goesOn() async throws {
    let (server, arrived, release) = try server(endsWithInput: false)
    async let text = half(server, requests: 1)
    for await _ in arrived { break }
    release.finish()
    #expect(await text.hasSuffix("finished"))
    await server.stop()
  }

  @Test("the end behind further requests is not for the first of them")
  func pipelined() async throws {
    let (server, arrived, release) = try server(endsWithInput: true)
    async let text = half(server, requests: 2)
    for await _ in arrived { break }
    release.finish()
    let answers = await text.split(separator: "HTTP/1.1 200")
    #expect(answers.count == 2)
    #expect(answers.first?.contains("finished") == true)
    await server.stop()
  }

  @Test("what came of an answer is told with what ended it", arguments: [true, false])
  func cutAnswers(isLate: Bool) async throws {
    let loops = EventLoops(count: 1)
    let server = try #require(
      RawServer { connection, _ in
        let head = "HTTP/1.1 200 OK\r\nX-Id: 7\r\nContent-Length: 10\r\n\r\n"
        _ = RawServer.send(Array((head + "half").utf8), to: connection)
        guard isLate else { return }
        var byte: UInt8 = 0
        while read(connection, &byte, 1) > 0 {}
      })
    let url = try #require(HTTPURL("http://127.0.0.1:\(server.port)/"))
    let client = HTTPClient(loops: loops)
    let (response, cut) = try await client.attempt(
      HTTPClientRequest(url: url), timeout: isLate ? .milliseconds(300) : .seconds(30))
    #expect(cut == (isLate ? .timedOut : .closed))
    #expect(response.status == 200)
    #expect(response.headers["X-Id"] == "7")
    #expect(String(decoding: response.body, as: UTF8.self) == "half")
    loops.stop()
  }

  @Test("an answer without a whole head is none, and one that is too large is cut")
  func bounds() async throws {
    let loops = EventLoops(count: 1)
    let broken = try #require(RawServer(Array("HTTP/1.1 200 OK\r\nX-I".utf8)))
    let large = try #require(
      RawServer(Array("HTTP/1.1 200 OK\r\n\r\n".utf8) + [UInt8](repeating: 0x41, count: 90_000)))
    let client = HTTPClient(loops: loops, bodyLimit: 1000)
    let first = try #require(HTTPURL("http://127.0.0.1:\(broken.port)/"))
    await #expect(throws: HTTPClientError.closed) {
      _ = try await client.attempt(HTTPClientRequest(url: first), timeout: .seconds(30))
    }
    let second = try #require(HTTPURL("http://127.0.0.1:\(large.port)/"))
    let (response, cut) = try await client.attempt(
      HTTPClientRequest(url: second), timeout: .seconds(30))
    #expect(cut == .tooLarge)
    #expect(response.body.count <= 1000)
    loops.stop()
  }
}
