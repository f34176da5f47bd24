import SQLite

/// A store's database, opened beside the store.
struct DatabaseFile: Sendable {
  let path: String

  private func open() async throws -> Database {
    // The store has made the tables: none of its migrations runs again.
    try await Database(path: path, migrations: [""])
  }

  private func run(_ script: String) async throws {
    let database = try await open()
    try await database.write { try $0.script(script) }
    await database.close()
  }

  /// Makes transactions fail that have statements such as `INSERT ON roles`; returns what mends them.
  ///
  /// They fail at their commit, when all else is done: a row has a parent then that is not there.
  func breakCommits(with statements: [String]) async throws -> @Sendable () async throws -> Void {
    let names = statements.indices.map { "broken\($0)" }
    let tables = """
      CREATE TABLE parents (id INTEGER PRIMARY KEY);
      CREATE TABLE orphans (parent INTEGER REFERENCES parents DEFERRABLE INITIALLY DEFERRED);
      """
    let triggers = zip(names, statements).map { name, statement in
      "CREATE TRIGGER \(name) AFTER \(statement) BEGIN INSERT INTO orphans VALUES (1); END;"
    }
    try await run(tables + triggers.joined())
    return {
      let drops = names.map { "DROP TRIGGER \($0);" }.joined()
      try await run(drops + "DROP TABLE orphans; DROP TABLE parents;")
    }
  }

  /// The rows of tables, each as the text of its columns.
  func rows(_ tables: [(name: String, columns: [String])]) async throws -> [String] {
    let database = try await open()
    defer { Task { await database.close() } }
    return try await database.read { connection in
      try tables.flatMap { table in
        let text = table.columns.map { "quote(\($0))" }.joined(separator: " || ' ' || ")
        return try connection.query("SELECT \(text) FROM \(table.name) ORDER BY 1", []) {
          "\(table.name): \($0.text(0))"
        }
      }
    }
  }
}
