import Cryptography
import JSON
import Platform
import Synchronization

@testable import KubernetesAPI

/// A small cluster for tests: one account, one pod on a node, and whoever issues and reads tokens.
struct IdentityWorld: Sendable {
  static let issuer = "https://127.0.0.1:4576"
  /// Made once: a key takes a tenth of a second.
  private static let key = Result {
    TokenKey(try PrivateKey.generate(.rsa2048), format: .eks)
  }

  let objects = ObjectTable()
  let clock = ManualClock()
  let identity = TokenIdentity(issuer: issuer)
  let keyring: TokenKeyring

  init() throws {
    keyring = TokenKeyring(try Self.key.get())
    objects.put(.namespaces, "", "default")
    objects.put(.serviceAccounts, "default", "app")
    objects.put(.serviceAccounts, "default", "other")
    objects.put(
      .pods, "default", "p1",
      [
        "spec": [
          "serviceAccountName": "app", "nodeName": "local-node",
          "volumes": [
            [
              "name": "tokens",
              "projected": [
                "sources": [
                  ["serviceAccountToken": ["path": "own"]],
                  ["serviceAccountToken": ["path": "eks", "audience": "pods.eks.amazonaws.com"]],
                ]
              ],
            ]
          ],
        ]
      ])
    objects.put(
      .pods, "default", "bare", ["spec": ["serviceAccountName": "app", "nodeName": "local-node"]])
    objects.put(.pods, "default", "waiting", ["spec": ["serviceAccountName": "app"]])
    objects.put(.nodes, "", "local-node")
    objects.put(.secrets, "default", "s")
  }

  var tokens: TokenIssuer {
    TokenIssuer(
      keyring: keyring, identity: identity, clock: clock, randomness: .seeded(7),
      minimumSeconds: 600)
  }

  var authenticator: TokenAuthenticator {
    TokenAuthenticator(
      keyring: keyring, identity: identity, clock: clock,
      staticTokens: StaticTokens([
        ("admin-token", .administrator), ("node-token", .node("local-node")),
      ]))
  }

  /// The uid that ``ObjectTable`` gives.
  static func uid(_ resource: ResourceKind, _ name: String) -> String {
    "uid-\(resource.name)-\(name)"
  }

  /// A token of `app`.
  func token(_ spec: JSON = [:]) async throws -> String {
    let (object, _) = try await tokens.create(
      ["spec": spec], namespace: "default", name: "app", node: nil, objects: objects)
    return object.at("status", "token")?.string ?? ""
  }
}

/// Objects in a table.
final class ObjectTable: ClusterObjects {
  private struct Key: Hashable {
    let resource: ResourceKind
    let namespace: String
    let name: String
  }
  private struct State {
    var objects: [Key: JSON] = [:]
    var watchers: [(ResourceKind, AsyncStream<ObjectChange>.Continuation)] = []
    var writes: [String] = []
    var refusals = 0
  }
  private let state = Mutex(State())

  /// What was created and updated, as `create pods default/p1`.
  var writes: [String] { state.withLock { $0.writes } }

  /// How many watch.
  var watchers: Int { state.withLock { $0.watchers.count } }

  /// Refuses so many updates to come, as if somebody else had been quicker.
  func refuse(updates count: Int) { state.withLock { $0.refusals = count } }

  /// Stores an object, its metadata filled in.
  func put(
    _ resource: ResourceKind, _ namespace: String, _ name: String, _ rest: JSONObject = [:]
  ) {
    var object = rest
    var metadata = rest["metadata"]?.object ?? [:]
    metadata["name"] = .string(name)
    if !namespace.isEmpty { metadata["namespace"] = .string(namespace) }
    metadata.fill("uid", .string(IdentityWorld.uid(resource, name)))
    object["metadata"] = .object(metadata)
    store(resource, .object(object))
  }

  private func store(_ resource: ResourceKind, _ object: JSON) {
    let key = Key(
      resource: resource, namespace: object.objectNamespace, name: object.objectName)
    let watchers = state.withLock { state in
      state.objects[key] = object
      return state.watchers.filter { $0.0 == resource }.map(\.1)
    }
    for watcher in watchers { watcher.yield(.set(object)) }
  }

  func remove(_ resource: ResourceKind, _ namespace: String, _ name: String) {
    let key = Key(resource: resource, namespace: namespace, name: name)
    let (object, watchers) = state.withLock { state in
      (
        state.objects.removeValue(forKey: key),
        state.watchers.filter { $0.0 == resource }.map(\.1)
      )
    }
    guard let object else { return }
    for watcher in watchers { watcher.yield(.removed(object)) }
  }

  func object(_ resource: ResourceKind, namespace: String, name: String) async -> JSON? {
    state.withLock {
      $0.objects[Key(resource: resource, namespace: namespace, name: name)]
    }
  }

  func objects(_ resource: ResourceKind) async -> [JSON] {
    state.withLock { $0.objects.filter { $0.key.resource == resource }.map(\.value) }
  }

  func create(_ resource: ResourceKind, _ object: JSON) async throws(StatusError) -> JSON {
    note("create", resource, object)
    store(resource, object)
    return object
  }

  func update(_ resource: ResourceKind, _ object: JSON) async throws(StatusError) -> JSON {
    note("update", resource, object)
    let isRefused = state.withLock { state in
      defer { state.refusals = max(0, state.refusals - 1) }
      return state.refusals > 0
    }
    guard !isRefused else { throw .modified(resource, object.objectName) }
    store(resource, object)
    return object
  }

  private func note(_ verb: String, _ resource: ResourceKind, _ object: JSON) {
    let place = "\(object.objectNamespace)/\(object.objectName)"
    state.withLock { $0.writes.append("\(verb) \(resource.name) \(place)") }
  }

  func changes(of resource: ResourceKind) async -> AsyncStream<ObjectChange> {
    let (stream, continuation) = AsyncStream<ObjectChange>.makeStream()
    let objects = state.withLock { state in
      state.watchers.append((resource, continuation))
      return state.objects.filter { $0.key.resource == resource }.map(\.value)
    }
    for object in objects { continuation.yield(.set(object)) }
    return stream
  }
}
