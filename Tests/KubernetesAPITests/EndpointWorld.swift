import AdminAPI
import HTTP
import JSON
import Platform

@testable import KubernetesAPI

/// kubernetes-api in memory: no socket, a clock that stands still, nobody who admits pods.
struct EndpointWorld: Sendable {
  let cluster: Cluster
  let events = EventLog(service: "kubernetes-api")
  /// What requests are sent to: the endpoint, or a client of it.
  var handler: any HTTPHandler

  init(mode: Authorizer.Mode = .restricted) async throws {
    let world = try IdentityWorld()
    cluster = Cluster(
      store: try await ObjectStore(path: ":memory:"), clock: world.clock, randomness: .seeded(3))
    for name in ["default", "other"] {
      _ = try await cluster.create(
        .namespaces, ["metadata": ["name": .string(name)]], namespace: "")
    }
    let authorizer = Authorizer(mode: mode)
    let faults = FaultGate(
      faults: FaultBook(of: "test", catalogue: KubernetesFaults.catalogue), events: events)
    handler = KubernetesEndpoint(
      cluster: cluster, authenticator: world.authenticator, authorizer: authorizer,
      documents: OpenIDDocuments(
        keyring: world.keyring, identity: world.identity, server: IdentityWorld.issuer),
      reviews: ReviewEndpoint(
        issuer: world.tokens, tokenReview: TokenReview(authenticator: world.authenticator),
        accessReviews: AccessReviews(authorizer: authorizer), authorizer: authorizer,
        faults: faults, events: events, clock: world.clock),
      discovery: APIDiscovery(version: "1.33", serverAddress: "127.0.0.1:4576"),
      openAPI: OpenAPIDocuments(version: "1.33"), faults: faults, events: events, log: .none)
  }

  /// The answer to one request, by the token's user.
  func send(
    _ method: String, _ target: String, _ body: JSON? = nil, token: String = "admin-token",
    type: String = "application/json", as fields: [(String, String)] = [],
    text: String? = nil
  ) async -> (status: Int, json: JSON, warnings: [String]) {
    var headers: HTTPHeaders = ["Authorization": "Bearer \(token)", "Content-Type": type]
    for (name, value) in fields { headers.append(name, value) }
    let response = await handler.respond(
      to: HTTPRequest(
        method: method, target: target, headers: headers,
        body: text.map { Array($0.utf8) } ?? body?.bytes() ?? [],
        id: "request-1"))
    guard case .bytes(let bytes) = response.body else { return (response.status, .null, []) }
    return (
      response.status, (try? JSON.parse(bytes)) ?? .null, response.headers.all("Warning")
    )
  }

  /// A pod of this ServiceAccount on a node.
  func pod(
    _ name: String, on node: String, namespace: String = "default", account: String = "default",
    _ rest: JSONObject = [:]
  ) async {
    var spec: JSONObject = [
      "nodeName": .string(node), "serviceAccountName": .string(account),
      "containers": [["name": "a", "image": "b"]],
    ]
    for (member, value) in rest { spec[member] = value }
    _ = await send(
      "POST", "/api/v1/namespaces/\(namespace)/pods",
      ["metadata": ["name": .string(name)], "spec": .object(spec)])
  }
}
