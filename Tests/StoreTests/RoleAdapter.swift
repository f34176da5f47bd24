import AWSDoor

/// Roles, by their descriptions.
struct RoleAdapter: RoleStoreAdapter {
  let database: RoleDatabase

  init(path: String) async throws {
    database = try await RoleDatabase(
      path: path, table: "roles", columns: ["name", "id", "description", "tags", "created"],
      failing: ["INSERT ON roles", "UPDATE ON roles", "DELETE ON roles"])
  }

  func create(_ name: String, _ text: String) async throws -> Bool {
    try await store.add(
      .init(
        name: name, id: RoleDatabase.id(name), path: "/", trustText: "{}", description: text,
        maxSessionSeconds: 3600, tags: [])) != nil
  }

  func read(_ name: String) async throws -> String? { store.role(named: name)?.description }

  func update(_ name: String, _ text: String) async throws -> Bool {
    try await store.updateRole(name) { $0.description = text }
  }

  func append(_ name: String, _ text: String) async throws -> Bool {
    try await store.updateRole(name) { $0.description = ($0.description ?? "") + text }
  }

  func delete(_ name: String) async throws -> Bool {
    try await store.deleteRole(name) == .done
  }

  func names() async throws -> [String] { store.roles().map(\.name) }
}

/// The inline policies of one role.
struct RolePolicyAdapter: RoleStoreAdapter {
  private static let owner = "owner"
  let database: RoleDatabase

  init(path: String) async throws {
    database = try await RoleDatabase(
      path: path, table: "role_policies", columns: ["role", "name", "document"],
      failing: [
        "INSERT ON role_policies", "UPDATE ON role_policies", "DELETE ON role_policies",
      ])
    try await makeOwner()
  }

  private func makeOwner() async throws {
    _ = try await store.add(
      .init(
        name: Self.owner, id: "1", path: "/", trustText: "{}", description: nil,
        maxSessionSeconds: 3600, tags: []))
  }

  private struct Refused: Error {}

  func create(_ name: String, _ text: String) async throws -> Bool {
    guard try await store.putPolicy(name, text, of: Self.owner) == .done else { throw Refused() }
    return true
  }

  func read(_ name: String) async throws -> String? {
    let name = Array(name.utf8)
    return store.role(named: Self.owner)?.policies.first { Array($0.name.utf8) == name }?.text
  }

  func update(_ name: String, _ text: String) async throws -> Bool {
    try await create(name, text)
  }

  func delete(_ name: String) async throws -> Bool {
    try await store.deletePolicy(name, of: Self.owner)
  }

  func names() async throws -> [String] {
    store.role(named: Self.owner)?.policies.map(\.name) ?? []
  }

  func reset() async throws {
    try await store.reset()
    try await makeOwner()
  }
}

extension StoreKind {
  private static let toldToNobody = "nobody follows roles"

  static let roles = StoreKind(
    name: "roles", order: .bytes,
    exceptions: [
      .tellsCaseApart: "names of roles differ by more than case (IAM)",
      .tellsNULApart: "SQLite's NOCASE ends at a NUL, which no name of a role has",
      .tellsWhatIsCommitted: toldToNobody,
    ]
  ) { try await RoleAdapter(path: "\($0)/aws.db") }
  static let rolesInMemory = roles.inMemory { try await RoleAdapter(path: ":memory:") }

  static let rolePolicies = StoreKind(
    name: "role policies", order: .bytes,
    exceptions: [
      .refusesTakenNames: "PutRolePolicy writes over the policy that is there",
      .changesNothingAbsent: "PutRolePolicy makes the policy that is not there",
      .hasOneCreator: "PutRolePolicy writes over the policy that is there",
      .losesNoAppend: "a policy is written whole",
      .keepsMuch: "a role has 10,240 characters of policies at most (IAM)",
      .tellsWhatIsCommitted: toldToNobody,
    ]
  ) { try await RolePolicyAdapter(path: "\($0)/aws.db") }
  static let rolePoliciesInMemory = rolePolicies.inMemory {
    try await RolePolicyAdapter(path: ":memory:")
  }
}
