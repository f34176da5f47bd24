// The admin port: health, events, clock, faults, reset and flush, the same for every server. It knows
// neither AWS nor Kubernetes.

import Cryptography
package import HTTP
package import JSON
package import Platform

/// What the admin port can do to the server it belongs to.
package struct AdminActions: Sendable {
  /// Forgets the server's state and starts afresh; an error's text goes to the caller.
  package var reset: @Sendable () async throws -> Void
  /// Drops what is cached.
  package var flush: @Sendable () async -> Void
  /// Called after the clock's offset changed, to keep it.
  package var keepClock: @Sendable (Duration) throws -> Void

  /// Called after the clock was moved by so much, before that is answered: does what follows from
  /// it, and waits for it.
  package var clockMoved: @Sendable (Duration) async -> Void
  /// Further paths that are read with GET, of this server alone: what they answer to a query.
  package var answers: [ByteText: @Sendable (QueryParameters) -> JSON]

  /// Actions; those left out do nothing.
  package init(
    reset: @escaping @Sendable () async throws -> Void = {},
    flush: @escaping @Sendable () async -> Void = {},
    keepClock: @escaping @Sendable (Duration) throws -> Void = { _ in },
    clockMoved: @escaping @Sendable (Duration) async -> Void = { _ in },
    answers: [ByteText: @Sendable (QueryParameters) -> JSON] = [:]
  ) {
    self.clockMoved = clockMoved
    self.answers = answers
    self.reset = reset
    self.flush = flush
    self.keepClock = keepClock
  }
}

/// The handler of a server's admin port: JSON, and for all but `/healthz` the stack's admin token.
package struct AdminEndpoint: HTTPHandler {
  private let service: String
  private let processID: Int32
  private let token: String
  private let clock: OffsetClock
  private let events: EventLog
  private let actions: AdminActions
  private let faults: FaultBook

  /// The admin port of `service`.
  package init(
    service: String, processID: Int32, token: String, clock: OffsetClock, events: EventLog,
    faults: FaultBook, actions: AdminActions
  ) {
    self.faults = faults
    self.service = service
    self.processID = processID
    self.token = token
    self.clock = clock
    self.events = events
    self.actions = actions
  }

  package func respond(to request: HTTPRequest) async -> HTTPResponse {
    let path = String(request.rawPath)
    if path.bytes == "/healthz" {
      guard request.method.bytes == "GET" || request.method.bytes == "HEAD" else {
        return notAllowed("GET, HEAD")
      }
      return .json(
        200, ["service": .string(service), "pid": .integer(Int64(processID)), "status": "ok"])
    }
    guard isAuthorized(request) else {
      var response = failure(
        401, "the admin token is required: Authorization: Bearer, from the state's admin.token")
      response.headers["WWW-Authenticate"] = "Bearer"
      return response
    }
    if let answer = await FaultRoutes(book: faults).respond(to: request, path: path) {
      return answer
    }
    if let answer = actions.answers[path.bytes] {
      return request.method.bytes == "GET" ? .json(200, answer(request.query)) : notAllowed("GET")
    }
    switch (request.method.bytes, path.bytes) {
    case ("GET", "/events"): return eventLines(request)
    case ("GET", "/clock"): return .json(200, clockState)
    case ("PUT", "/clock"): return await moveClock(request)
    case ("POST", "/reset"): return await reset()
    case ("POST", "/flush"):
      await actions.flush()
      return .json(200, ["service": .string(service), "flushed": true])
    case (_, "/events"): return notAllowed("GET")
    case (_, "/clock"): return notAllowed("GET, PUT")
    case (_, "/reset"), (_, "/flush"): return notAllowed("POST")
    default: return failure(404, "no such admin path: \(path)")
    }
  }

  private func isAuthorized(_ request: HTTPRequest) -> Bool {
    let values = request.headers.all("Authorization")
    guard values.count == 1, let value = values.first, value.bytes.hasPrefix("Bearer ") else {
      return false
    }
    return constantTimeEqual(Array(value.utf8.dropFirst(7)), Array(token.utf8))
  }

  private func failure(_ status: Int, _ message: String) -> HTTPResponse {
    .json(status, ["message": .string(message)])
  }

  private func notAllowed(_ methods: String) -> HTTPResponse {
    var response = failure(405, "allowed here: \(methods)")
    response.headers["Allow"] = methods
    return response
  }

  private func eventLines(_ request: HTTPRequest) -> HTTPResponse {
    let query = request.query
    let since = query["since"] ?? "0"
    guard let number = Int(since), number >= 0 else {
      return failure(400, "since must be the number of an event, not \"\(since)\"")
    }
    let headers: HTTPHeaders = ["Content-Type": "application/x-ndjson"]
    guard query["follow"]?.bytes == "1" else {
      var lines: [UInt8] = []
      for entry in events.entries(after: number) { lines += Array((entry.text + "\n").utf8) }
      return HTTPResponse(status: 200, headers: headers, body: .bytes(lines))
    }
    // From before the answer begins: whoever has its head misses nothing that happens from then on.
    let entries = events.follow(after: number)
    return HTTPResponse(
      status: 200, headers: headers,
      body: .stream(length: nil) { writer in
        for await entry in entries {
          try await writer.write(Array((entry.text + "\n").utf8))
        }
      })
  }

  private var clockState: JSON {
    let offset = clock.offset.nanoseconds
    let seconds: JSON =
      offset % 1_000_000_000 == 0
      ? .integer(offset / 1_000_000_000) : .number("\(Double(offset) / 1e9)")
    return ["offsetSeconds": seconds, "now": .string(clock.now.rfc3339Milli)]
  }

  private func moveClock(_ request: HTTPRequest) async -> HTTPResponse {
    guard let body = try? JSON.parse(request.body), let seconds = body["offsetSeconds"]?.double,
      abs(seconds) <= 3_200_000_000
    else { return failure(400, "the body must be {\"offsetSeconds\": NUMBER}") }
    let offset = Duration.nanoseconds(Int64(seconds * 1e9))
    do { try actions.keepClock(offset) } catch {
      return failure(500, "the clock's offset cannot be kept: \(error)")
    }
    let step = offset - clock.offset
    clock.offset = offset
    await actions.clockMoved(step)
    return .json(200, clockState)
  }

  private func reset() async -> HTTPResponse {
    do {
      try actions.keepClock(.zero)
      clock.offset = .zero
      try await actions.reset()
      try await faults.clear()
    } catch { return failure(500, "reset failed: \(error)") }
    return .json(200, ["service": .string(service), "reset": true])
  }
}
