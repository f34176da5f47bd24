import HTTP
import HTTPTestSupport
import JSON
import Platform
import Testing

@testable import NodeAgent

/// The credentials endpoint, at the handler and over the wire.
@Suite(.timeLimit(.minutes(10))) struct TransportCredentialsTests {
  private static let good = CredentialsEndpointTests.good

  /// Runs a body with an agent whose requests go by a transport.
  private func withAgent(
    _ transport: TestTransport, _ body: (AgentWorld, TestClient) async throws -> Void
  ) async throws {
    let world = AgentWorld()
    try await transport.serve(world.endpoint) { client in
      var world = world
      world.client = client
      try await body(world, client)
      if transport == .live { #expect(client.connectionCount == 1) }
    }
  }

  @Test("fetched and kept credentials are the same answer", arguments: TestTransport.allCases)
  func kept(transport: TestTransport) async throws {
    try await withAgent(transport) { world, _ in
      var texts: [String] = []
      for _ in 0..<3 {
        let answer = await world.send(token: Self.good)
        #expect(answer.status == 200)
        #expect(answer.headers.fields.map(\.name) == ["Content-Type"])
        texts.append(world.text(answer))
      }
      #expect(texts[0].hasPrefix(#"{"AccessKeyId":"ASIA1","SecretAccessKey":"s\u003c"#))
      #expect(Set(texts).count == 1 && world.source.calls == 1)
    }
  }

  @Test("refusals are plain text with AWS's status", arguments: TestTransport.allCases)
  func refusals(transport: TestTransport) async throws {
    try await withAgent(transport) { world, _ in
      #expect(
        world.text(await world.send()) == "Service account token cannot be empty\n")
      let cases: [(HTTPResponse, Int)] = [
        (await world.send(token: "abc"), 400),
        (await world.send(token: Self.good, host: "evil.test"), 403),
        (await world.send("GET", "/v2/credentials", token: Self.good), 404),
        (await world.send("GET", "//v1/credentials", token: Self.good), 307),
        (await world.send("OPTIONS", "/nosuch"), 404),
      ]
      for (answer, status) in cases {
        #expect(answer.status == status)
        #expect(answer.headers["Content-Type"] != "application/json")
      }
      world.source.set(
        .failure(
          .answered(status: 400, requestID: "r", code: "InvalidTokenException", message: "no")))
      let upstream = await world.send(token: Self.good)
      #expect(upstream.status == 400)
      #expect(world.text(upstream).contains("InvalidTokenException"))
    }
  }

  @Test(
    "HEAD announces what GET sends, and POST is answered too", arguments: TestTransport.allCases)
  func methods(transport: TestTransport) async throws {
    try await withAgent(transport) { world, client in
      func request(_ method: String, body: [UInt8] = []) -> HTTPRequest {
        HTTPRequest(
          method: method, target: "/v1/credentials",
          headers: ["Host": "169.254.170.23", "Authorization": Self.good], body: body)
      }
      // The first of them fetches, the others are answered at once.
      for _ in 0..<2 {
        let head = await client.exchange(request("HEAD"))
        let get = await client.exchange(request("GET"))
        #expect(head.response.status == 200 && head.response.bodyBytes.isEmpty)
        #expect(head.length == get.length && get.length == get.response.bodyBytes.count)
      }
      let post = await client.respond(to: request("POST", body: Array("ignored".utf8)))
      #expect(post.status == 200 && world.source.calls == 1)
    }
  }
}
