import AdminAPI
import HTTP
import HTTPTestSupport
import JSON
import Platform
import Synchronization

@testable import NodeAgent

/// EKS Auth's answers for tests.
enum AgentAnswer {
  static let usual: JSON = [
    "assumedRoleUser": [
      "arn": "arn:aws:sts::123456789012:assumed-role/r/s", "assumeRoleId": "AROA1:s",
    ],
    "credentials": [
      "accessKeyId": "ASIA1", "secretAccessKey": "s<&>/", "sessionToken": "t",
      "expiration": 1_800_000_000,
    ],
    "podIdentityAssociation": ["associationId": "a-1"],
  ]

  /// The answer with another expiration.
  static func with(expiration: Int64, in answer: JSON = usual) -> JSON {
    with(["credentials", "expiration"], .integer(expiration), in: answer)
  }

  /// The answer with another value at a path; nil takes the member out.
  static func with(_ path: [String], _ value: JSON?, in answer: JSON = usual) -> JSON {
    var object = answer.object ?? [:]
    guard let name = path.first else { return value ?? .null }
    if path.count == 1 {
      object[name] = value
    } else {
      object[name] = with(Array(path.dropFirst()), value, in: object[name] ?? [:])
    }
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
  func credentials(
    for token: String, patience: Patience
  ) async throws(UpstreamFailure) -> AgentCredentials {
    let result = state.withLock { state in
      state.calls += 1
      return state.result
    }
    return try AgentCredentials(try result.get())
  }
}

struct AgentWorld {
  let source: FakeSource
  /// A sweep whose limiter is full, as it is a minute after another; it has the tickets of two
  /// renewals, and no more come, however slow the machine is.
  var renewal: CredentialsRenewal {
    CredentialsRenewal(
      keeper: endpoint.keeper, randomness: .seeded(1), limiter: RateLimiter(rate: 1e-9, burst: 4))
  }
  /// However slow a machine is, it asks five times in all.
  let keys = APIServerKeys(log: .none, limiter: RateLimiter(rate: 1e-9, burst: 5))
  let clock = ManualClock(Instant(seconds: 1_799_990_000))
  let events = EventLog(service: "node-agent")
  let metrics = AgentMetrics()
  let faults = FaultBook(of: "test", catalogue: AgentFaults.catalogue)
  let endpoint: CredentialsEndpoint
  /// What requests are sent to instead of the endpoint: a client of it.
  var client: TestClient?

  init(
    _ source: FakeSource = FakeSource(), isStrict: Bool = false, limiter: RateLimiter? = nil,
    generation: AgentGeneration = .first, capacity: Int = 2000
  ) {
    self.source = source
    let keeper = CredentialsKeeper(
      source: source, generation: generation, clock: clock, metrics: metrics, log: .none,
      capacity: capacity)
    let validation = LocalValidation(keys: keys, metrics: metrics, log: .none)
    endpoint = CredentialsEndpoint(
      keeper: keeper, validation: generation == .second ? validation : nil,
      hosts: AgentHosts.allowed(further: ["agent.local"], isStrict: isStrict), limiter: limiter,
      metrics: metrics, clock: clock, events: events, faults: faults, log: .none)
  }

  func send(
    _ method: String = "GET", _ target: String = "/v1/credentials", token: String? = nil,
    host: String = "169.254.170.23", local: String = "127.0.0.1:80"
  ) async -> HTTPResponse {
    var request = HTTPRequest(
      method: method, target: target, headers: ["Host": host], local: local)
    if let token { request.headers["Authorization"] = token }
    if let client { return await client.respond(to: request) }
    if let response = endpoint.immediateResponse(to: request) { return response }
    return await endpoint.respond(to: request)
  }

  func text(_ response: HTTPResponse) -> String {
    String(decoding: response.bodyBytes, as: UTF8.self)
  }
}
