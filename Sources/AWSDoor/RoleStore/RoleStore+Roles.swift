import IAMPolicy
import JSON
import Platform
import PodIdentity
import SQLite
import Synchronization

extension RoleStore {
  /// What a new role is made of.
  package struct NewRole: Sendable {
    package var name: String
    package var id: String
    package var path: String
    package var trustText: String
    package var description: String?
    package var maxSessionSeconds: Int
    package var tags: [ResourceTag]

    /// A role of these parts.
    package init(
      name: String, id: String, path: String, trustText: String, description: String?,
      maxSessionSeconds: Int, tags: [ResourceTag]
    ) {
      self.name = name
      self.id = id
      self.path = path
      self.trustText = trustText
      self.description = description
      self.maxSessionSeconds = maxSessionSeconds
      self.tags = tags
    }
  }

  /// Why roles could not be deleted.
  package enum RoleDeletion: Sendable { case done, noRole, hasPolicies }

  /// The role of a name, in whatever case.
  package func role(named name: String) -> Role? {
    memory.withLock { $0.roles[name.bytes.asciiLowercased] }
  }

  /// The role of an ARN, which must name the path too.
  package func role(arn: String) -> Role? {
    guard let name = account.roleName(in: arn), let role = role(named: name),
      role.arn.bytes == arn.bytes
    else { return nil }
    return role
  }

  /// The roles below a path, by name.
  package func roles(pathPrefix: String = "/") -> [Role] {
    memory.withLock { Array($0.roles.values) }
      .filter { $0.path.bytes.hasPrefix(pathPrefix.bytes) }
      .sorted { $0.name.bytes < $1.name.bytes }
  }

  /// Adds a role; nil where the name is taken.
  package func add(_ role: NewRole) async throws -> Role? {
    let now = clock.now.wholeSeconds
    let isAdded = try await database.write { connection in
      try connection.run(
        """
        INSERT INTO roles
          (name, id, path, trust_policy, description, max_session_seconds, tags, created)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO NOTHING
        """,
        .text(role.name), .text(role.id), .text(role.path), .text(role.trustText),
        .optional(role.description), .integer(Int64(role.maxSessionSeconds)),
        .text(role.tags.json.text()), .integer(now.nanoseconds)) == 1
    }
    guard isAdded else { return nil }
    return try await refreshRole(role.name)
  }

  /// Changes a role's trust; false where there is no such role.
  package func setTrust(_ text: String, of role: String) async throws -> Bool {
    try await changeRole(role) { connection in
      try connection.run(
        "UPDATE roles SET trust_policy = ? WHERE name = ?", .text(text), .text(role))
    }
  }

  /// Deletes an inline policy; false where there is none of that name.
  package func deletePolicy(_ name: String, of role: String) async throws -> Bool {
    try await changeRole(role) { connection in
      try connection.run(
        "DELETE FROM role_policies WHERE role = ? AND name = ?", .text(role), .text(name))
    }
  }

  /// Deletes a role that has no policies.
  package func deleteRole(_ name: String) async throws -> RoleDeletion {
    let result = try await database.write { connection -> RoleDeletion in
      let policies = try connection.query(
        "SELECT 1 FROM role_policies WHERE role = ? LIMIT 1", .text(name)
      ) { _ in true }
      guard policies.isEmpty else { return .hasPolicies }
      return try connection.run("DELETE FROM roles WHERE name = ?", .text(name)) == 1
        ? .done : .noRole
    }
    _ = try await refreshRole(name)
    return result
  }

  func changeRole(
    _ name: String, _ change: @Sendable (Connection) throws -> Int
  ) async throws -> Bool {
    let isChanged = try await database.write { try change($0) } > 0
    _ = try await refreshRole(name)
    return isChanged
  }

  /// Reads a role back into memory.
  func refreshRole(_ name: String) async throws -> Role? {
    try await database.read { connection in
      let role = try self.storedRole(name, connection)
      self.memory.withLock { $0.roles[name.bytes.asciiLowercased] = role }
      return role
    }
  }

  static func roleNames(_ connection: Connection) throws -> [String] {
    try connection.query("SELECT name FROM roles", []) { $0.text(0) }
  }

  /// A role as it is stored, its documents parsed; nil where there is none.
  func storedRole(_ name: String, _ connection: Connection) throws -> Role? {
    let policies = try connection.query(
      "SELECT name, document FROM role_policies WHERE role = ? ORDER BY name", .text(name)
    ) { ($0.text(0), $0.text(1)) }
    let rows = try connection.query(
      """
      SELECT name, id, path, trust_policy, description, max_session_seconds, tags, created
      FROM roles WHERE name = ?
      """, .text(name)
    ) { row in
      (
        name: row.text(0), id: row.text(1), path: row.text(2), trust: row.text(3),
        description: row.optionalText(4), seconds: row.integer(5), tags: row.text(6),
        created: row.integer(7)
      )
    }
    guard let row = rows.first else { return nil }
    let documents = StoredDocument(role: row.name, log: log)
    return Role(
      name: row.name, id: row.id, path: row.path,
      arn: account.iamARN("role\(row.path)\(row.name)"), trustText: row.trust,
      trust: documents.trust(row.trust),
      description: row.description,
      maxSessionSeconds: Int(row.seconds), tags: .init(json: try JSON.parse(row.tags)),
      created: Instant(nanoseconds: row.created),
      policies: policies.map { name, text in
        Role.Policy(name: name, text: text, document: documents.inline(text, name: name))
      })
  }
}
