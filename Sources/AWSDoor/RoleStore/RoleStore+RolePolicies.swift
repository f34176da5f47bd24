import JSON
import SQLite

extension RoleStore {
  /// What becomes of an inline policy that is written.
  package enum PolicyChange: Sendable { case done, noRole, tooLong }

  /// How long a role's inline policies may be together, in characters without white space (IAM
  /// user guide, "IAM and AWS STS quotas").
  package static let policiesSize = 10_240

  /// The size of a document as IAM counts it: white space does not count.
  package static func size(of text: String) -> Int {
    text.utf16.count { !(9...13 ~= $0 || $0 == 0x20) }
  }

  /// Writes an inline policy, unless the role's policies are then too long together.
  package func putPolicy(
    _ name: String, _ text: String, of role: String
  ) async throws -> PolicyChange {
    let result = try await database.write { connection -> PolicyChange in
      let others = try connection.query(
        "SELECT document FROM role_policies WHERE role = ? AND name <> ?", .text(role), .text(name)
      ) { Self.size(of: $0.text(0)) }
      guard others.reduce(Self.size(of: text), +) <= Self.policiesSize else { return .tooLong }
      let count = try connection.run(
        """
        INSERT INTO role_policies (role, name, document)
        SELECT name, ?, ? FROM roles WHERE name = ?
        ON CONFLICT (role, name) DO UPDATE SET document = excluded.document
        """, .text(name), .text(text), .text(role))
      return count > 0 ? .done : .noRole
    }
    _ = try await refreshRole(role)
    return result
  }

  /// Changes a role's tags, description or longest session in one step; false where there is no
  /// such role.
  package func updateRole(
    _ name: String, _ change: @Sendable @escaping (inout RoleSettings) -> Void
  ) async throws -> Bool {
    try await changeRole(name) { connection in
      let found = try connection.query(
        "SELECT tags, description, max_session_seconds FROM roles WHERE name = ?", .text(name)
      ) { ($0.text(0), $0.optionalText(1), $0.integer(2)) }
      guard let (tags, description, seconds) = found.first else { return 0 }
      var settings = RoleSettings(
        tags: .init(json: try JSON.parse(tags)), description: description,
        maxSessionSeconds: Int(seconds))
      change(&settings)
      return try connection.run(
        "UPDATE roles SET tags = ?, description = ?, max_session_seconds = ? WHERE name = ?",
        .text(settings.tags.json.text()), .optional(settings.description),
        .integer(Int64(settings.maxSessionSeconds)), .text(name))
    }
  }

  /// What of a role can be changed besides its policies.
  package struct RoleSettings: Sendable {
    package var tags: [ResourceTag]
    package var description: String?
    package var maxSessionSeconds: Int
  }
}
