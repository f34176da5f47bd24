import AWSDoor
import Cryptography
import PodIdentity

/// aws-api's database, which has several kinds of things.
struct RoleDatabase: Sendable {
  let store: RoleStore
  /// Nil in memory.
  private let file: DatabaseFile?
  private let table: String
  private let columns: [String]
  /// The statements whose transactions fail where writes are broken.
  private let statements: [String]

  init(path: String, table: String, columns: [String], failing statements: [String]) async throws {
    store = try await RoleStore(path: path, account: AWSAccount())
    file = path == ":memory:" ? nil : DatabaseFile(path: path)
    self.table = table
    self.columns = columns
    self.statements = statements
  }

  func breakWrites() async throws -> (@Sendable () async throws -> Void)? {
    guard let file else {
      await store.close()
      return nil
    }
    return try await file.breakCommits(with: statements)
  }

  func traces() async throws -> [String] {
    try await file?.rows([
      (table, columns), ("request_tokens", ["operation", "token", "content", "association"]),
    ]) ?? []
  }

  /// An id for a name.
  static func id(_ name: String) -> String { SHA256.hex(Array(name.utf8)) }
}

/// A store of one kind of these things.
protocol RoleStoreAdapter: ConformingStore {
  var database: RoleDatabase { get }
}

extension RoleStoreAdapter {
  var store: RoleStore { database.store }

  func reset() async throws { try await store.reset() }
  func close() async { await store.close() }
  func breakWrites(of names: [String]) async throws -> (@Sendable () async throws -> Void)? {
    try await database.breakWrites()
  }
  func traces() async throws -> [String] { try await database.traces() }
}
