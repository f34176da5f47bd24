import AdminAPI
import HTTP
import JSON
import Platform
import Testing

@Suite struct AdminEndpointTests {
  let clock = OffsetClock(base: ManualClock())
  let events = EventLog(service: "aws-api")
  let faults = FaultBook(of: "test", catalogue: FaultBookTests.catalogue)
  var endpoint: AdminEndpoint {
    AdminEndpoint(
      service: "aws-api", processID: 7, token: "secret-token-123456", clock: clock,
      events: events, faults: faults, actions: AdminActions(reset: { throw UsageError("no") }))
  }

  private func call(
    _ method: String, _ target: String, token: String? = "secret-token-123456", body: String = ""
  ) async -> HTTPResponse {
    var request = HTTPRequest(method: method, target: target, body: Array(body.utf8))
    if let token { request.headers["Authorization"] = "Bearer \(token)" }
    return await endpoint.respond(to: request)
  }

  @Test("health needs no token and names the process")
  func health() async throws {
    let answer = await call("GET", "/healthz", token: nil)
    #expect(answer.status == 200)
    #expect(
      try JSON.parse(answer.bodyBytes) == ["service": "aws-api", "pid": 7, "status": "ok"])
  }

  @Test(
    "everything else needs the token",
    arguments: [nil, "", "secret-token-12345", "secret-token-1234567", "Secret-token-123456"])
  func unauthorized(token: String?) async {
    for (method, path) in [
      ("GET", "/events"), ("PUT", "/clock"), ("POST", "/reset"), ("GET", "/x"),
    ] {
      #expect(await call(method, path, token: token).status == 401)
    }
  }

  @Test(
    "paths and methods",
    arguments: [
      ("GET", "/clock", 200), ("POST", "/clock", 405), ("GET", "/reset", 405),
      ("POST", "/reset", 500), ("POST", "/flush", 200), ("GET", "/nosuch", 404),
      ("GET", "/events?since=x", 400), ("GET", "/faults", 200), ("PUT", "/faults", 400),
      ("PATCH", "/faults", 405),
      ("POST", "/faults", 400), ("DELETE", "/faults", 200), ("DELETE", "/faults/test-1", 404),
      ("PUT", "/clock", 400), ("POST", "/healthz", 405),
    ])
  func table(method: String, path: String, status: Int) async {
    #expect(await call(method, path).status == status)
  }

  @Test("the clock moves and says so")
  func moves() async throws {
    let answer = await call("PUT", "/clock", body: #"{"offsetSeconds":90}"#)
    #expect(answer.status == 200)
    #expect(clock.offset == .seconds(90))
    #expect(try JSON.parse(answer.bodyBytes)["offsetSeconds"] == 90)
  }

  @Test("a fault is added, listed with its counts, and removed")
  func addsFaults() async throws {
    let added = await call("POST", "/faults", body: #"{"action":"hang","operation":"Get"}"#)
    #expect(added.status == 201)
    #expect(
      try JSON.parse(added.bodyBytes) == ["id": "test-1", "operation": "Get", "action": "hang"])
    #expect(faults.meet("Get", EventSubject())?.action == .hang)
    let list = try JSON.parse(await call("GET", "/faults").bodyBytes)
    #expect(list["faults"]?[0]?["met"] == 1)
    #expect(await call("DELETE", "/faults/test-1").status == 200)
    #expect(!faults.isActive)
  }

  @Test("events come as lines from the number on")
  func lines() async {
    events.record(Event(operation: "a"))
    events.record(Event(operation: "b"))
    let answer = await call("GET", "/events?since=1")
    let lines = String(decoding: answer.bodyBytes, as: UTF8.self).split(separator: "\n")
    #expect(lines.count == 1)
    #expect(lines.first?.contains(#""operation":"b""#) == true)
  }
}
