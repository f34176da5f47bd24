import AdminAPI
import HTTP
import HTTPTestSupport
import JSON
import Platform
import Testing

/// The admin port, at the handler and over the wire.
@Suite(.timeLimit(.minutes(10))) struct TransportAdminTests {
  private let clock = OffsetClock(base: ManualClock())
  private let events = EventLog(service: "aws-api")
  private let faults = FaultBook(of: "test", catalogue: FaultBookTests.catalogue)

  /// Runs a body with a client of the admin port.
  private func withAdmin(
    _ transport: TestTransport, _ body: (TestClient) async throws -> Void
  ) async throws {
    let endpoint = AdminEndpoint(
      service: "aws-api", processID: 7, token: "secret-token-123456", clock: clock,
      events: events, faults: faults, actions: AdminActions(reset: { throw UsageError("no") }))
    try await transport.serve(HTTPGuard(next: endpoint)) { client in try await body(client) }
  }

  private func request(_ method: String, _ target: String, _ body: String = "") -> HTTPRequest {
    HTTPRequest(
      method: method, target: target, headers: ["Authorization": "Bearer secret-token-123456"],
      body: Array(body.utf8))
  }

  @Test("each path answers", arguments: TestTransport.allCases)
  func paths(transport: TestTransport) async throws {
    try await withAdmin(transport) { client in
      let health = await client.exchange(HTTPRequest(method: "GET", target: "/healthz"))
      let head = await client.exchange(HTTPRequest(method: "HEAD", target: "/healthz"))
      #expect(health.response.status == 200 && head.response.status == 200)
      #expect(head.length == health.length && head.response.bodyBytes.isEmpty)
      let anybody = await client.respond(to: HTTPRequest(method: "GET", target: "/clock"))
      #expect(anybody.status == 401 && anybody.headers["WWW-Authenticate"] == "Bearer")
      let rule = #"{"action":"error","code":"Throttling","operation":"Get"}"#
      #expect(await client.respond(to: request("POST", "/faults", rule)).status == 201)
      #expect(await client.respond(to: request("POST", "/faults", rule)).status == 200)
      #expect(await client.respond(to: request("DELETE", "/faults/test-1")).status == 200)
      #expect(await client.respond(to: request("DELETE", "/faults/test-1")).status == 404)
      #expect(
        await client.respond(to: request("PUT", "/clock", #"{"offsetSeconds":3600}"#)).status == 200
      )
      #expect(clock.offset == .seconds(3600))
      let other = await client.respond(to: request("PATCH", "/clock"))
      #expect(other.status == 405 && other.headers["Allow"] == "GET, PUT")
      #expect(await client.respond(to: request("POST", "/reset")).status == 500)
      if transport == .live { #expect(client.connectionCount == 1) }
    }
  }

  @Test("events are told as they happen", arguments: TestTransport.allCases)
  func follow(transport: TestTransport) async throws {
    try await withAdmin(transport) { client in
      events.record(Event(operation: "Get", requestID: "1"))
      let stream = try #require(await client.stream(request("GET", "/events?follow=1")))
      #expect(stream.headers["Content-Type"] == "application/x-ndjson")
      var lines = stream.lines.makeAsyncIterator()
      #expect(await lines.next()?.contains(#""requestId":"1""#) == true)
      events.record(Event(operation: "Get", requestID: "2"))
      #expect(await lines.next()?.contains(#""requestId":"2""#) == true)
      stream.hangUp()
      // Another answer on another connection: that one is over.
      #expect(await client.respond(to: request("GET", "/clock")).status == 200)
      if transport == .live { #expect(client.connectionCount == 2) }
    }
  }
}
