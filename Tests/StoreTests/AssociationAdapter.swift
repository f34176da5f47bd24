import AWSDoor
import Platform

/// Associations of a cluster, by their roles.
struct AssociationAdapter: RoleStoreAdapter {
  private static let cluster = "local"
  let database: RoleDatabase

  init(path: String) async throws {
    database = try await RoleDatabase(
      path: path, table: "associations",
      columns: ["id", "cluster", "service_account", "role_arn", "created", "modified"],
      failing: ["INSERT ON request_tokens", "DELETE ON associations"])
  }

  private struct Refused: Error {}
  private struct Disagreement: Error {}

  private func workload(_ name: String) -> Workload {
    Workload(cluster: Self.cluster, namespace: "default", serviceAccount: name)
  }

  /// A request of its own.
  private var token: RoleStore.RequestToken {
    .init(
      operation: "Any", token: Randomness.system.string(20, from: "abcdefghij"), content: "")
  }

  func create(_ name: String, _ text: String) async throws -> Bool {
    let change = try await store.add(
      RoleAssociation(
        id: RoleDatabase.id(name), workload: workload(name), roleARN: text, created: store.now,
        modified: store.now), token: token)
    switch change {
    case .done: return true
    case .exists: return false
    case .full, .tokenReused, .absent: throw Refused()
    }
  }

  func read(_ name: String) async throws -> String? {
    let association = store.association(of: workload(name))
    // What EKS shows and what EKS Auth sees are two tables.
    guard store.visibleAssociation(of: workload(name)) == association else { throw Disagreement() }
    return association?.roleARN
  }

  private func change(
    _ name: String, _ edit: @Sendable (inout RoleAssociation) -> Void
  ) async throws -> Bool {
    let change = try await store.update(
      RoleDatabase.id(name), cluster: Self.cluster, token: token
    ) { edit(&$0) }
    switch change {
    case .done: return true
    case .absent: return false
    case .full, .tokenReused, .exists: throw Refused()
    }
  }

  func update(_ name: String, _ text: String) async throws -> Bool {
    try await change(name) { $0.roleARN = text }
  }

  func append(_ name: String, _ text: String) async throws -> Bool {
    try await change(name) { $0.roleARN += text }
  }

  func delete(_ name: String) async throws -> Bool {
    try await store.deleteAssociation(RoleDatabase.id(name), cluster: Self.cluster) != nil
  }

  func names() async throws -> [String] {
    store.associations(in: Self.cluster).map(\.workload.serviceAccount)
  }
}

/// Identity providers, by their one client.
struct ProviderAdapter: RoleStoreAdapter {
  let database: RoleDatabase

  init(path: String) async throws {
    database = try await RoleDatabase(
      path: path, table: "oidc_providers", columns: ["url", "client_ids", "created"],
      failing: ["INSERT ON oidc_providers", "DELETE ON oidc_providers"])
  }

  func create(_ name: String, _ text: String) async throws -> Bool {
    try await store.addProvider(url: name, clientIDs: [text], thumbprints: [], tags: []) != nil
  }

  func read(_ name: String) async throws -> String? {
    let name = Array(name.utf8)
    return store.providers.first { Array($0.url.utf8) == name }?.clientIDs.first
  }

  func delete(_ name: String) async throws -> Bool { try await store.deleteProvider(url: name) }

  func names() async throws -> [String] { store.providers.map(\.url) }
}

extension StoreKind {
  static let associations = StoreKind(
    name: "associations", order: .age,
    exceptions: [.tellsWhatIsCommitted: "EKS Auth asks; nobody is told"]
  ) { try await AssociationAdapter(path: "\($0)/aws.db") }
  static let associationsInMemory = associations.inMemory {
    try await AssociationAdapter(path: ":memory:")
  }

  static let providers = StoreKind(
    name: "identity providers", order: .age,
    exceptions: [
      .updates: "no operation changes a provider here",
      .losesNoAppend: "no operation changes a provider here",
      .tellsWhatIsCommitted: "nobody follows providers",
    ]
  ) { try await ProviderAdapter(path: "\($0)/aws.db") }
  static let providersInMemory = providers.inMemory { try await ProviderAdapter(path: ":memory:") }
}
