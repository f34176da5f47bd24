import JSON
import Platform
import SQLite
import Synchronization

extension RoleStore {
  /// The identity providers, oldest first.
  package var providers: [OIDCProvider] { memory.withLock { $0.providers } }

  /// Adds an identity provider; nil where its URL is taken.
  package func addProvider(
    url: String, clientIDs: [String], thumbprints: [String], tags: [ResourceTag]
  ) async throws -> OIDCProvider? {
    let provider = OIDCProvider(
      url: url, clientIDs: clientIDs, thumbprints: thumbprints, tags: tags,
      created: clock.now)
    let isAdded = try await database.write { connection in
      try connection.run(
        """
        INSERT INTO oidc_providers (url, client_ids, thumbprints, tags, created)
        VALUES (?, ?, ?, ?, ?) ON CONFLICT (url) DO NOTHING
        """,
        .text(url), .text(JSON.strings(clientIDs).text()),
        .text(JSON.strings(thumbprints).text()), .text(tags.json.text()),
        .integer(provider.created.nanoseconds)) == 1
    }
    try await refreshProviders()
    return isAdded ? provider : nil
  }

  /// Deletes an identity provider; false where there is none of that URL.
  package func deleteProvider(url: String) async throws -> Bool {
    let isDeleted = try await database.write { connection in
      try connection.run("DELETE FROM oidc_providers WHERE url = ?", .text(url)) == 1
    }
    try await refreshProviders()
    return isDeleted
  }

  private func refreshProviders() async throws {
    try await database.read { connection in
      let providers = try Self.storedProviders(connection)
      self.memory.withLock { $0.providers = providers }
    }
  }

  static func storedProviders(_ connection: Connection) throws -> [OIDCProvider] {
    let rows = try connection.query(
      """
      SELECT url, client_ids, thumbprints, tags, created FROM oidc_providers
      ORDER BY created, rowid
      """, []
    ) { ($0.text(0), $0.text(1), $0.text(2), $0.text(3), $0.integer(4)) }
    return try rows.map { url, clientIDs, thumbprints, tags, created in
      OIDCProvider(
        url: url, clientIDs: try JSON.parse(clientIDs).strings ?? [],
        thumbprints: try JSON.parse(thumbprints).strings ?? [],
        tags: .init(json: try JSON.parse(tags)), created: Instant(nanoseconds: created))
    }
  }
}
