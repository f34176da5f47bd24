import AdminAPI
import HTTP
import JSON
import Platform
import PodIdentity

/// `GET /v1/credentials`, as AWS's agent answers it, to the byte.
///
/// The order of checks: rate limit, Host, token present, token parses, its times, cache, EKS Auth.
struct CredentialsEndpoint: HTTPHandler {
  private static let path = "/v1/credentials"
  private static let cachedDetails: JSONObject = ["cached": true]

  let keeper: CredentialsKeeper
  /// Nil in the first generation, where a token is worth its own credentials alone.
  let validation: LocalValidation?
  let hosts: AllowedHosts
  /// Nil where `--rate-limit` is off.
  let limiter: RateLimiter?
  let metrics: AgentMetrics
  let clock: any WallClock
  let events: EventLog
  let faults: FaultBook
  let log: Log

  func immediateResponse(to request: HTTPRequest) -> HTTPResponse? {
    guard
      (request.target.bytes == Self.path.bytes && request.method.bytes == "GET")
        || AgentRouting.isCredentials(request)
    else {
      return AgentRouting.response(to: request)
    }
    // A ticket is taken here alone: a request that is not answered at once has had its ticket.
    if let limiter, !limiter.allows() { return Self.error(429, "Too Many Requests") }
    if let refusal = refusal(of: request) { return refused(request, refusal) }
    if faults.isActive { return nil }
    let text = request.headers["Authorization"] ?? ""
    guard let entry = keeper.kept(text, now: clock.now) else { return nil }
    if let objection = entry.token.objection(now: clock.now) {
      return refused(request, Self.timesRefusal(objection), subject: entry.token.subject)
    }
    return served(entry, request)
  }

  private func served(
    _ entry: CredentialsCache.Entry, _ request: HTTPRequest, fault: Fault? = nil
  ) -> HTTPResponse {
    metrics.count(response: 200)
    var event = Event(
      operation: AgentFaults.operation, subject: entry.token.subject, requestID: request.id,
      details: Self.cachedDetails)
    if let fault { event.note(fault) }
    events.record(event)
    log.debug("credentials served", ["cached": true])
    return Self.success(entry.credentials)
  }

  func respond(to request: HTTPRequest) async -> HTTPResponse {
    let start = ContinuousClock.now
    let text = request.headers["Authorization"] ?? ""
    let token: UnverifiedToken
    do throws(UnverifiedToken.Malformed) { token = try UnverifiedToken(text) } catch {
      return refused(
        request,
        Refusal(
          400, "Service account token cannot be parsed: \(error.reason)", check: .tokenFormat))
    }
    if let objection = token.objection(now: clock.now) {
      return refused(request, Self.timesRefusal(objection), subject: token.subject)
    }
    if validation != nil, case .missing(let part) = token.pod {
      return refused(
        request,
        Refusal(
          400,
          "failed to get pod uid from service account token: Service account token missing \(part)",
          check: .tokenBinding), subject: token.subject)
    }
    var event = Event(
      operation: AgentFaults.operation, subject: token.subject, requestID: request.id)
    var isTold = false
    let response = await faults.pass(
      &event, render: { Self.render($0, requestID: request.id) },
      genuine: { fault, _ in
        isTold = true
        let answer = await credentials(request, text, token, fault: fault)
        return fault.map { AgentFaults.respell(answer, $0, now: clock.now) } ?? answer
      })
    if !isTold {
      event.duration = ContinuousClock.now - start
      events.record(event)
    }
    return response
  }

  /// A fault's error as the agent hands on one of EKS Auth.
  private static func render(_ error: FaultError, requestID: String) -> HTTPResponse {
    let failure = UpstreamFailure.answered(
      status: error.status, requestID: requestID, code: error.code, message: error.message)
    return Self.error(failure.status, failure.text)
  }

  private func credentials(
    _ request: HTTPRequest, _ text: String, _ token: UnverifiedToken, fault: Fault? = nil
  ) async -> HTTPResponse {
    let start = ContinuousClock.now
    // While faults are set, kept credentials are handed out here.
    if let entry = keeper.kept(text, now: clock.now) { return served(entry, request, fault: fault) }
    if let validation, let pod = token.pod.uid?.bytes,
      let entry = keeper.withCache({ $0.use(pod: pod, now: clock.now) }),
      await validation.admits(text)
    {
      let moved = keeper.withCache { $0.hand(entry, to: text, token) }
      return served(moved, request, fault: fault)
    }
    switch await keeper.fetch(text, token) {
    case .success(let entry):
      metrics.count(response: 200)
      var event = Event(
        operation: AgentFaults.operation, subject: token.subject,
        duration: ContinuousClock.now - start, requestID: request.id,
        details: ["cached": false])
      if let fault { event.note(fault) }
      events.record(event)
      log.info(
        "credentials fetched",
        ["pod": .string(token.subject.pod ?? ""), "requestId": .string(request.id)])
      return Self.success(entry.credentials)
    case .failure(let failure):
      var answer = refused(
        request,
        Refusal(failure.status, failure.text, check: .eksAuth, reason: failure.reason),
        subject: token.subject, isAnswered: !failure.isFatal, fault: fault)
      if failure.isFatal { answer.body = .none }
      return answer
    }
  }

  private struct Refusal {
    let status: Int
    let text: String
    let check: Event.Check
    let reason: String

    init(_ status: Int, _ text: String, check: Event.Check, reason: String? = nil) {
      self.status = status
      self.text = text
      self.check = check
      self.reason = reason ?? text
    }
  }

  private static func timesRefusal(_ objection: String) -> Refusal {
    Refusal(
      400, "Service account token failed basic claim validations: \(objection)",
      check: .tokenTimes)
  }

  /// What is refused before the token is read.
  private func refusal(of request: HTTPRequest) -> Refusal? {
    let header = AgentRouting.host(of: request)
    guard hosts.contains(header, calledAt: request.local) else {
      let host = HostField(header).host
      return Refusal(
        403,
        "Access Denied. Called agent through invalid address, please use either "
          + "[169.254.170.23 fd00:ec2::23] address not \(host)", check: .host)
    }
    // Differs from AWS: what a browser marks as coming from a web page is refused.
    if request.headers["Origin"] != nil
      || request.headers.all("Sec-Fetch-Site").contains(where: {
        !["none", "same-origin"].contains($0.bytes)
      })
    {
      return Refusal(403, "Access Denied. Requests of web pages are refused", check: .origin)
    }
    guard let token = request.headers["Authorization"], !token.isEmpty else {
      return Refusal(400, "Service account token cannot be empty", check: .tokenPresent)
    }
    return nil
  }

  private func refused(
    _ request: HTTPRequest, _ refusal: Refusal, subject: EventSubject = EventSubject(),
    isAnswered: Bool = true, fault: Fault? = nil
  ) -> HTTPResponse {
    if isAnswered { metrics.count(response: refusal.status) }
    var event = Event(
      operation: AgentFaults.operation, subject: subject, outcome: "\(refusal.status)",
      check: refusal.check, reason: refusal.reason, requestID: request.id)
    if let fault {
      event.note(fault)
      event.reason = "\(fault.reason), and then: \(refusal.reason)"
    }
    events.record(event)
    return Self.error(refusal.status, refusal.text)
  }

  private static func success(_ credentials: AgentCredentials) -> HTTPResponse {
    HTTPResponse(
      status: 200, headers: ["Content-Type": "application/json"],
      body: .bytes(credentials.body))
  }

  /// An error as Go's `http.Error` writes it.
  static func error(_ status: Int, _ text: String) -> HTTPResponse {
    HTTPResponse(
      status: status,
      headers: [
        "Content-Type": "text/plain; charset=utf-8", "X-Content-Type-Options": "nosniff",
      ], body: .bytes(Array("\(text)\n".utf8)))
  }
}
