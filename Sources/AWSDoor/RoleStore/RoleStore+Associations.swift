import JSON
import Platform
import SQLite
import Synchronization

extension RoleStore {
  /// How many associations a cluster may have.
  package static let associationLimit = 5000
  /// How long a request token stands for its first request.
  private static let requestTokenLife = Duration.seconds(24 * 3600)

  /// What makes a request the same request when it is sent again.
  package struct RequestToken: Sendable {
    package let operation: String
    package let token: String
    /// The request's content; the same token with another content is a mistake.
    package let content: String

    /// The token of an operation's request.
    package init(operation: String, token: String, content: String) {
      self.operation = operation
      self.token = token
      self.content = content
    }
  }

  /// How a change of associations went.
  package enum AssociationChange: Sendable {
    /// Done, now or by an earlier request with the same token and content.
    case done(RoleAssociation)
    case exists(id: String)
    case full
    case tokenReused
    case absent
  }

  /// The association of an id within a cluster, as EKS shows it.
  package func association(_ id: String, cluster: String) -> RoleAssociation? {
    let association = memory.withLock { $0.associations[id] }
    return association?.workload.cluster.bytes == cluster.bytes ? association : nil
  }

  /// The association of a workload, as EKS shows it.
  package func association(of workload: Workload) -> RoleAssociation? {
    memory.withLock { $0.associations.association(of: workload) }
  }

  /// The association of a workload, as EKS Auth sees it.
  package func visibleAssociation(of workload: Workload) -> RoleAssociation? {
    let now = clock.now
    return memory.withLock { $0.associations.visibleAssociation(of: workload, now: now) }
  }

  /// A cluster's associations, oldest first.
  package func associations(in cluster: String) -> [RoleAssociation] {
    memory.withLock { $0.associations.associations(in: cluster) }
  }

  /// Adds an association.
  package func add(
    _ association: RoleAssociation, token: RequestToken?
  ) async throws -> AssociationChange {
    let now = clock.now
    let workload = association.workload
    let change = try await database.write { connection -> AssociationChange in
      if let token {
        switch try Self.earlier(token, cluster: workload.cluster, now: now, connection) {
        case .some(let earlier): return earlier
        case .none: break
        }
      }
      let taken = try connection.query(
        """
        SELECT id FROM associations
        WHERE cluster = ? AND namespace = ? AND service_account = ?
        """, .text(workload.cluster), .text(workload.namespace), .text(workload.serviceAccount)
      ) { $0.text(0) }
      if let id = taken.first { return .exists(id: id) }
      let count = try connection.query(
        "SELECT count(*) FROM associations WHERE cluster = ?", .text(workload.cluster)
      ) { $0.integer(0) }
      guard (count.first ?? 0) < Self.associationLimit else { return .full }
      try connection.run(
        """
        INSERT INTO associations
          (id, cluster, namespace, service_account, role_arn, target_role_arn,
           disable_session_tags, policy, owner_arn, tags, created, modified)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        .text(association.id), .text(workload.cluster), .text(workload.namespace),
        .text(workload.serviceAccount), .text(association.roleARN),
        .optional(association.targetRoleARN), .integer(association.disablesSessionTags ? 1 : 0),
        .optional(association.policy), .optional(association.ownerARN),
        .text(association.tags.json.text()), .integer(association.created.nanoseconds),
        .integer(association.modified.nanoseconds))
      if let token { try Self.note(token, association, now: now, connection) }
      return .done(association)
    }
    try await refreshAssociation(association.id)
    return change
  }

  /// Changes an association; `modify` runs in the transaction.
  package func update(
    _ id: String, cluster: String, token: RequestToken?,
    modify: @Sendable (inout RoleAssociation) throws -> Void
  ) async throws -> AssociationChange {
    let now = clock.now
    let change = try await database.write { connection -> AssociationChange in
      guard var association = try Self.stored(id, connection),
        association.workload.cluster.bytes == cluster.bytes
      else { return .absent }
      if let token {
        switch try Self.earlier(token, cluster: cluster, now: now, connection) {
        case .some(.done): return .done(association)
        case .some(let earlier): return earlier
        case .none: break
        }
      }
      try modify(&association)
      try connection.run(
        """
        UPDATE associations SET role_arn = ?, target_role_arn = ?, disable_session_tags = ?,
          policy = ?, tags = ?, modified = ?
        WHERE id = ?
        """,
        .text(association.roleARN), .optional(association.targetRoleARN),
        .integer(association.disablesSessionTags ? 1 : 0), .optional(association.policy),
        .text(association.tags.json.text()), .integer(association.modified.nanoseconds),
        .text(id))
      if let token { try Self.note(token, association, now: now, connection) }
      return .done(association)
    }
    try await refreshAssociation(id)
    return change
  }

  /// Deletes an association and returns what it was.
  package func deleteAssociation(
    _ id: String, cluster: String
  ) async throws -> RoleAssociation? {
    let deleted = try await database.write { connection -> RoleAssociation? in
      guard let association = try Self.stored(id, connection),
        association.workload.cluster.bytes == cluster.bytes
      else { return nil }
      try connection.run("DELETE FROM associations WHERE id = ?", .text(id))
      return association
    }
    try await refreshAssociation(id)
    return deleted
  }

  /// What an earlier request with this token came to; nil where there was none.
  private static func earlier(
    _ token: RequestToken, cluster: String, now: Instant, _ connection: Connection
  ) throws -> AssociationChange? {
    try connection.run(
      "DELETE FROM request_tokens WHERE created < ?",
      .integer((now - requestTokenLife).nanoseconds))
    let found = try connection.query(
      """
      SELECT content, association FROM request_tokens
      WHERE operation = ? AND cluster = ? AND token = ?
      """, .text(token.operation), .text(cluster), .text(token.token)
    ) { ($0.text(0), $0.text(1)) }
    guard let (content, id) = found.first else { return nil }
    guard content.bytes == token.content.bytes else { return .tokenReused }
    return try stored(id, connection).map { .done($0) }
  }

  private static func note(
    _ token: RequestToken, _ association: RoleAssociation, now: Instant, _ connection: Connection
  ) throws {
    try connection.run(
      """
      INSERT INTO request_tokens (operation, cluster, token, content, association, created)
      VALUES (?, ?, ?, ?, ?, ?)
      """,
      .text(token.operation), .text(association.workload.cluster), .text(token.token),
      .text(token.content), .text(association.id), .integer(now.nanoseconds))
  }

  /// Reads an association back into memory.
  private func refreshAssociation(_ id: String) async throws {
    let now = clock.now
    try await database.read { connection in
      let association = try Self.stored(id, connection)
      self.memory.withLock { memory in
        // A refused change leaves nothing to tell EKS Auth.
        guard memory.associations[id] != association else { return }
        memory.associations.publish(association, id: id, now: now)
      }
    }
  }

  private static func stored(
    _ id: String, _ connection: Connection
  ) throws -> RoleAssociation? {
    try storedAssociations(connection, where: "id = ?", .text(id)).first
  }

  static func storedAssociations(
    _ connection: Connection, where condition: String = "TRUE", _ values: SQLValue...
  ) throws -> [RoleAssociation] {
    let rows = try connection.query(
      """
      SELECT id, cluster, namespace, service_account, role_arn, target_role_arn,
        disable_session_tags, policy, owner_arn, tags, created, modified
      FROM associations WHERE \(condition)
      """, values
    ) { row in
      (
        RoleAssociation(
          id: row.text(0),
          workload: Workload(
            cluster: row.text(1), namespace: row.text(2), serviceAccount: row.text(3)),
          roleARN: row.text(4), targetRoleARN: row.optionalText(5),
          disablesSessionTags: row.integer(6) != 0, policy: row.optionalText(7),
          ownerARN: row.optionalText(8), tags: [],
          created: Instant(nanoseconds: row.integer(10)),
          modified: Instant(nanoseconds: row.integer(11))), row.text(9)
      )
    }
    return try rows.map { association, tags in
      var association = association
      association.tags = .init(json: try JSON.parse(tags))
      return association
    }
  }
}
