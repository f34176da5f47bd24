import IAMPolicy
import JSON
package import Platform
package import PodIdentity
import SQLite
import Synchronization

/// Roles, identity providers and associations.
///
/// `aws.db` holds the truth; a copy in memory, its policy documents parsed, answers every read at
/// once. The copy is right because one process holds the state folder and because each change is
/// read back from the database, on the database's thread, before the call that made it returns.
package final class RoleStore: Sendable {
  struct Memory {
    /// By lower-cased name: IAM's names differ by more than case.
    var roles: [ByteText: Role] = [:]
    var providers: [OIDCProvider] = []
    var associations: AssociationView
  }

  let database: Database
  let account: AWSAccount
  let clock: any WallClock
  let log: Log
  let memory: Mutex<Memory>
  /// When this account's state was made.
  package let created: Instant

  /// Opens the store.
  ///
  /// `path` is a file, or `:memory:`.
  /// `associationDelay` is how long EKS Auth does not see a changed association.
  /// `clock` is the machine's, for times that are shown and for that delay.
  /// `log` is told which stored policies cannot be read.
  package init(
    path: String, account: AWSAccount, associationDelay: Duration = .zero,
    clock: any WallClock = SystemClock(), log: Log = .none
  ) async throws {
    self.account = account
    self.clock = clock
    self.log = log
    memory = Mutex(Memory(associations: AssociationView(delay: associationDelay)))
    database = try await Database(path: path, migrations: Schema.migrations)
    let now = clock.now.nanoseconds
    created = Instant(
      nanoseconds: try await database.write { connection in
        let found = try connection.query("SELECT created FROM account", []) { $0.integer(0) }
        if let first = found.first { return first }
        try connection.run("INSERT INTO account (created) VALUES (?)", .integer(now))
        return now
      })
    try await load()
  }

  private func load() async throws {
    try await database.read { connection in
      let roles = try Self.roleNames(connection).compactMap {
        try self.storedRole($0, connection)
      }
      let providers = try Self.storedProviders(connection)
      let associations = try Self.storedAssociations(connection)
      self.memory.withLock { memory in
        memory.roles = Dictionary(
          roles.map { ($0.name.bytes.asciiLowercased, $0) }, uniquingKeysWith: { first, _ in first }
        )
        memory.providers = providers
        memory.associations.load(associations)
      }
    }
  }

  /// The machine's time, for what is shown as the time of a change.
  package var now: Instant { clock.now }

  /// Forgets everything.
  package func reset() async throws {
    try await database.write { connection in
      try connection.script(
        "DELETE FROM associations; DELETE FROM roles; DELETE FROM oidc_providers;")
    }
    try await load()
  }

  /// Closes the database; later changes fail.
  package func close() async { await database.close() }
}
