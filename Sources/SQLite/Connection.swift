import CSQLite
import Platform

/// A connection to a database file, used on the database's own thread.
///
/// Safety: not Sendable; it never leaves the closures that ``Database`` runs on its thread.
package final class Connection {
  private let handle: OpaquePointer
  private let path: String
  private var statements: [String: StatementBox] = [:]

  private final class StatementBox {
    let statement: Statement
    init(_ statement: consuming Statement) { self.statement = statement }
  }

  /// Opens a file (made if missing, 0600) or `:memory:` with WAL, foreign keys and a busy timeout.
  init(path: String) throws(DatabaseError) {
    if path != ":memory:" {
      // SQLite writes into what has these names, whatever else is called so.
      for end in ["", "-wal", "-shm", "-journal"] {
        do throws(FileError) { try SafeFile.checkSole(path + end) } catch {
          throw DatabaseError(.notWritable, "\(error)")
        }
      }
      // SQLite would make the file by the umask; its WAL takes the mode of the file.
      if !SafeFile.exists(path) { _ = try? SafeFile.create([], at: path) }
    }
    var handle: OpaquePointer?
    let flags =
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW
      | SQLITE_OPEN_EXRESCODE
    let code = sqlite3_open_v2(path, &handle, flags, nil)
    guard code == SQLITE_OK, let handle else {
      let error = DatabaseError(code: code, path: path, connection: handle)
      sqlite3_close_v2(handle)
      throw error
    }
    self.handle = handle
    self.path = path
    sqlite3_busy_timeout(handle, 5000)
    try script("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;")
  }

  deinit {
    statements.removeAll()
    sqlite3_close_v2(handle)
  }

  /// Runs statements without parameters.
  package func script(_ sql: String) throws(DatabaseError) {
    try check(sqlite3_exec(handle, sql, nil, nil, nil))
  }

  /// Runs a statement that returns no rows; the number of rows it changed.
  @discardableResult
  package func run(_ sql: String, _ values: SQLValue...) throws(DatabaseError) -> Int {
    try query(sql, values) { _ in () }
    return Int(sqlite3_changes(handle))
  }

  /// The results of `read` for each row of a query.
  package func query<Result>(
    _ sql: String, _ values: SQLValue..., read: (Row) throws(DatabaseError) -> Result
  ) throws(DatabaseError) -> [Result] {
    try query(sql, values, read: read)
  }

  /// The results of `read` for each row of a query.
  @discardableResult
  package func query<Result>(
    _ sql: String, _ values: [SQLValue], read: (Row) throws(DatabaseError) -> Result
  ) throws(DatabaseError) -> [Result] {
    let box = try prepared(sql)
    defer {
      sqlite3_reset(box.statement.handle)
      sqlite3_clear_bindings(box.statement.handle)
    }
    try check(box.statement.bind(values))
    var results: [Result] = []
    while true {
      let code = sqlite3_step(box.statement.handle)
      if code == SQLITE_DONE { return results }
      guard code == SQLITE_ROW else {
        throw DatabaseError(code: code, path: path, connection: handle)
      }
      results.append(try read(Row(handle: box.statement.handle)))
    }
  }

  /// The row id of the last insertion.
  package var lastInsertedID: Int64 { sqlite3_last_insert_rowid(handle) }

  /// Runs `body` in a transaction: all of it is kept, or none.
  func transaction<Result>(_ body: (Connection) throws -> Result) throws -> Result {
    try script("BEGIN IMMEDIATE")
    do {
      let result = try body(self)
      try script("COMMIT")
      return result
    } catch {
      if sqlite3_get_autocommit(handle) == 0 { try? script("ROLLBACK") }
      throw error
    }
  }

  /// Brings the schema up to date: each migration once, in order, in one transaction.
  func migrate(_ migrations: [String]) throws(DatabaseError) {
    let version = Int(try query("PRAGMA user_version", []) { $0.integer(0) }.first ?? 0)
    guard version <= migrations.count else {
      throw DatabaseError(
        .newerSchema,
        "\(path) was written by a newer version (schema \(version), known \(migrations.count))")
    }
    guard version < migrations.count else { return }
    do {
      try transaction { connection in
        for migration in migrations[version...] { try connection.script(migration) }
        try connection.script("PRAGMA user_version = \(migrations.count)")
      }
    } catch let error as DatabaseError { throw error } catch {
      throw DatabaseError(.other, "\(path): \(error)")
    }
  }

  /// SQLITE_PREPARE_PERSISTENT, which is not imported.
  private var persistent: UInt32 { 1 }

  private func prepared(_ sql: String) throws(DatabaseError) -> StatementBox {
    if let box = statements[sql] { return box }
    var statement: OpaquePointer?
    try check(sqlite3_prepare_v3(handle, sql, -1, persistent, &statement, nil))
    guard let statement else { throw DatabaseError(.other, "\(path): empty statement") }
    let box = StatementBox(Statement(handle: statement))
    statements[sql] = box
    return box
  }

  private func check(_ code: Int32) throws(DatabaseError) {
    guard code == SQLITE_OK else {
      throw DatabaseError(code: code, path: path, connection: handle)
    }
  }
}
