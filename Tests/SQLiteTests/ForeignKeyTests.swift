import SQLite
import Testing

/// Rows that refer to others.
@Suite struct ForeignKeyTests {
  private static let migration = """
    CREATE TABLE owners (name TEXT PRIMARY KEY) STRICT;
    CREATE TABLE things (owner TEXT NOT NULL REFERENCES owners (name) ON DELETE CASCADE) STRICT;
    INSERT INTO owners VALUES ('a');
    INSERT INTO things VALUES ('a');
    """

  @Test("what refers to a row goes with it, and cannot refer to none")
  func cascade() async throws {
    let database = try await Database(path: ":memory:", migrations: [Self.migration])
    let error = await #expect(throws: DatabaseError.self) {
      try await database.write { try $0.run("INSERT INTO things VALUES ('b')") }
    }
    #expect(error?.kind == .constraint)
    try await database.write { try $0.run("DELETE FROM owners WHERE name = 'a'") }
    let count = try await database.read { connection in
      try connection.query("SELECT count(*) FROM things") { $0.integer(0) }
    }
    #expect(count == [0])
  }
}
