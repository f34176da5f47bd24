import AdminAPI
import HTTP
import JSON
import Platform
import Synchronization
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

  /// What a stream writes, until there are so many lines.
  private final class Lines: HTTPBodyWriter {
    private struct Enough: Error {}
    private let limit: Int
    let texts = Mutex<[String]>([])

    init(_ limit: Int) { self.limit = limit }

    func write(_ bytes: [UInt8]) async throws {
      let count = texts.withLock { texts in
        texts.append(String(decoding: bytes, as: UTF8.self))
        return texts.count
      }
      if count == limit { throw Enough() }
    }
  }

  @Test(
    "whoever has the head of an answer that follows misses no event from then on",
    .timeLimit(.minutes(2)))
  func follow() async throws {
    events.record(Event(operation: "before"))
    let response = await call("GET", "/events?follow=1&since=\(Int.max)")
    events.record(Event(operation: "after"))
    guard case .stream(_, let body) = response.body else {
      Issue.record("the answer does not go on")
      return
    }
    let lines = Lines(1)
    await #expect(throws: (any Error).self) { try await body(lines) }
    let operations = lines.texts.withLock { texts in
      texts.map { (try? JSON.parse(Array($0.utf8)))?["operation"]?.string }
    }
    #expect(operations == ["after"])
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

  @Test("the token comes in one field, whose scheme is spelled as it is")
  func oneToken() async {
    let good = "Bearer secret-token-123456"
    for (values, status) in [
      ([good], 200), ([good, good], 401), ([good, "x"], 401), (["bearer secret-token-123456"], 401),
      (["secret-token-123456"], 401), (["Basic secret-token-123456"], 401), ([good + " "], 401),
    ] {
      var request = HTTPRequest(target: "/clock")
      for value in values { request.headers.append("Authorization", value) }
      #expect(await endpoint.respond(to: request).status == status, "\(values)")
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

  /// What a server was told about its clock.
  private final class ClockNotes: Sendable {
    let kept = Mutex<[Duration]>([])
    let steps = Mutex<[Duration]>([])
  }

  private func mover(_ notes: ClockNotes, isFull: Bool = false) -> AdminEndpoint {
    AdminEndpoint(
      service: "aws-api", processID: 7, token: "t", clock: clock, events: events, faults: faults,
      actions: AdminActions(
        keepClock: { offset in
          if isFull { throw UsageError("no room") }
          notes.kept.withLock { $0.append(offset) }
        }, clockMoved: { step in notes.steps.withLock { $0.append(step) } }))
  }

  private func move(_ endpoint: AdminEndpoint, _ seconds: String) async -> Int {
    let request = HTTPRequest(
      method: "PUT", target: "/clock", headers: ["Authorization": "Bearer t"],
      body: Array("{\"offsetSeconds\":\(seconds)}".utf8))
    return await endpoint.respond(to: request).status
  }

  @Test("the offset is kept first, then set, then told as the step that it is")
  func steps() async {
    let notes = ClockNotes()
    for seconds in ["90", "100", "0.5", "-3"] {
      #expect(await move(mover(notes), seconds) == 200)
    }
    let milliseconds = { (durations: [Duration]) in durations.map { $0 / .milliseconds(1) } }
    #expect(milliseconds(notes.kept.withLock { $0 }) == [90_000, 100_000, 500, -3000])
    #expect(milliseconds(notes.steps.withLock { $0 }) == [90_000, 10_000, -99_500, -3500])
  }

  @Test("a clock that cannot be kept is not moved")
  func fullDisk() async {
    let notes = ClockNotes()
    #expect(await move(mover(notes, isFull: true), "90") == 500)
    #expect(clock.offset == .zero)
    #expect(notes.steps.withLock { $0.isEmpty })
  }

  @Test(
    "a clock moves by a hundred years at most",
    arguments: [
      ("3200000000", 200), ("-3200000000", 200), ("3200000001", 400), ("-3200000001", 400),
      ("1e300", 400), ("\"1\"", 400), ("null", 400),
    ])
  func far(seconds: String, status: Int) async {
    #expect(await move(mover(ClockNotes()), seconds) == status)
  }

  @Test(
    "events are counted from nought",
    arguments: [("0", 200), ("-1", 400), ("1.5", 400), ("", 400)])
  func since(text: String, status: Int) async {
    #expect(await call("GET", "/events?since=\(text)").status == status)
  }

  @Test("a fault is added, listed with its counts, and removed")
  func addsFaults() async throws {
    let added = await call("POST", "/faults", body: #"{"action":"hang","operation":"Get"}"#)
    #expect(added.status == 201)
    #expect(
      try JSON.parse(added.bodyBytes) == ["id": "test-1", "operation": "Get", "action": "hang"])
    #expect(await faults.meet("Get", EventSubject())?.action.name == "hang")
    let list = try JSON.parse(await call("GET", "/faults").bodyBytes)
    #expect(list["faults"]?[0]?["met"] == 1)
    #expect(await call("DELETE", "/faults/test-1").status == 200)
    #expect(!faults.isActive)
  }

  @Test("a rule is judged without being set, and faults are paused and gone on with")
  func checksAndPauses() async throws {
    let rule = #"{"action":"hang"}"#
    #expect(await call("POST", "/faults?check=1", body: rule).status == 200)
    #expect(await call("POST", "/faults?check=1", body: #"{"action":"x"}"#).status == 400)
    #expect(!faults.isActive)
    #expect(await call("POST", "/faults", body: rule).status == 201)
    #expect(await call("POST", "/faults", body: rule).status == 200)
    #expect(await call("PUT", "/faults", body: #"{"paused":true}"#).status == 200)
    #expect(!faults.isActive)
    #expect(await call("PUT", "/faults", body: #"{"paused":false}"#).status == 200)
    #expect(faults.isActive)
    #expect(await call("DELETE", "/faults").status == 200)
    #expect(!faults.isActive)
  }

  @Test("the list says what can be made to fail, and a reset is not stopped by faults that are set")
  func lists() async throws {
    let list = try JSON.parse(await call("GET", "/faults").bodyBytes)
    #expect(list["operations"] == ["Get", "Put"])
    #expect(
      list["actions"] == [
        "error", "status", "delay", "hang", "reset", "truncate", "drip", "garbage", "restart",
      ])
    #expect(list["special"] == ["own-way": ["Get"]])
    _ = await call("POST", "/faults", body: #"{"action":"hang"}"#)
    let quiet = AdminEndpoint(
      service: "aws-api", processID: 7, token: "t", clock: clock, events: events, faults: faults,
      actions: AdminActions())
    clock.offset = .seconds(9)
    let request = HTTPRequest(
      method: "POST", target: "/reset", headers: ["Authorization": "Bearer t"])
    #expect(await quiet.respond(to: request).status == 200)
    #expect(!faults.isActive)
    #expect(clock.offset == .zero)
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
