import AdminAPI
import HTTP
import JSON
import Platform
import Synchronization

@testable import NodeAgent

/// EKS Auth's answers for tests.
enum AgentAnswer {
  static let usual: JSON = [
    "assumedRoleUser": ["arn": "arn:aws:sts::123456789012:assumed-role/r/s"],
    "credentials": [
      "accessKeyId": "ASIA1", "secretAccessKey": "s<&>/", "sessionToken": "t",
      "expiration": 1_800_000_000,
    ],
    "podIdentityAssociation": ["associationId": "a-1"],
  ]

  /// The answer with another expiration.
  static func with(expiration: Int64, in answer: JSON) -> JSON {
    var object = answer.object ?? [:]
    var credentials = object["credentials"]?.object ?? [:]
    credentials["expiration"] = .integer(expiration)
    object["credentials"] = .object(credentials)
    return .object(object)
  }
}

/// EKS Auth without EKS Auth.
final class FakeSource: CredentialsSource {
  private let state: Mutex<(result: Result<JSON, UpstreamFailure>, calls: Int)>
  init(_ result: Result<JSON, UpstreamFailure> = .success(AgentAnswer.usual)) {
    state = Mutex((result, 0))
  }
  var calls: Int { state.withLock { $0.calls } }
  func set(_ result: Result<JSON, UpstreamFailure>) { state.withLock { $0.result = result } }
  func credentials(for token: String) async throws(UpstreamFailure) -> AgentCredentials {
    let result = state.withLock { state in
      state.calls += 1
      return state.result
    }
    return try AgentCredentials(try result.get())
  }
}

struct AgentWorld {
  let source: FakeSource
  let clock = ManualClock(Instant(seconds: 1_799_990_000))
  let events = EventLog(service: "node-agent")
  let metrics = AgentMetrics()
  let faults = FaultBook(of: "test", catalogue: AgentFaults.catalogue)
  let endpoint: CredentialsEndpoint

  init(_ source: FakeSource = FakeSource(), isStrict: Bool = false, limiter: RateLimiter? = nil) {
    self.source = source
    endpoint = CredentialsEndpoint(
      keeper: CredentialsKeeper(
        source: source, clock: clock, randomness: .seeded(1), metrics: metrics, log: .none),
      hosts: AgentHosts(further: ["agent.local"], isStrict: isStrict), limiter: limiter,
      metrics: metrics, clock: clock, events: events, faults: faults, log: .none)
  }

  func send(
    _ method: String = "GET", _ target: String = "/v1/credentials", token: String? = nil,
    host: String = "169.254.170.23", local: String = "127.0.0.1:80"
  ) async -> HTTPResponse {
    var request = HTTPRequest(
      method: method, target: target, headers: ["Host": host], local: local)
    if let token { request.headers["Authorization"] = token }
    if let response = endpoint.immediateResponse(to: request) { return response }
    return await endpoint.respond(to: request)
  }

  func text(_ response: HTTPResponse) -> String {
    String(decoding: response.bodyBytes, as: UTF8.self)
  }
}
