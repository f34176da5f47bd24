import Glibc
import Platform
import SQLite
import TestSupport
import Testing

@Suite struct DatabaseTests {
  let migrations = [
    "CREATE TABLE things (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT",
    "ALTER TABLE things ADD COLUMN note TEXT",
  ]

  @Test("keeps what was written across reopening, and migrates step by step")
  func reopen() async throws {
    let path = Scratch.path(".db")
    let first = try await Database(path: path, migrations: [migrations[0]])
    try await first.write { connection in
      try connection.run("INSERT INTO things VALUES (?, ?)", "a", .blob([1, 2]))
    }
    await first.close()
    let second = try await Database(path: path, migrations: migrations)
    let rows = try await second.read { connection in
      try connection.query("SELECT name, value, note FROM things") { row in
        "\(row.text(0)) \(row.blob(1)) \(row.isNull(2))"
      }
    }
    #expect(rows == ["a [1, 2] true"])
  }

  @Test("an error undoes the whole transaction")
  func rollback() async throws {
    let database = try await Database(path: ":memory:", migrations: migrations)
    let error = await #expect(throws: DatabaseError.self) {
      try await database.write { connection in
        try connection.run("INSERT INTO things (name, value) VALUES ('a', x'00')")
        try connection.run("INSERT INTO things (name, value) VALUES ('a', x'00')")
      }
    }
    #expect(error?.kind == .constraint)
    let count = try await database.read { connection in
      try connection.query("SELECT count(*) FROM things") { $0.integer(0) }
    }
    #expect(count == [0])
  }

  @Test("refuses a newer schema and a file that is no database, and leaves both alone")
  func refusals() async throws {
    let path = Scratch.path(".db")
    _ = try await Database(path: path, migrations: migrations)
    let newer = await #expect(throws: DatabaseError.self) {
      try await Database(path: path, migrations: [])
    }
    #expect(newer?.kind == .newerSchema)
    let broken = Scratch.path(".db")
    let bytes = [UInt8](repeating: 0x41, count: 9000)
    try SafeFile.write(bytes, to: broken)
    let error = await #expect(throws: DatabaseError.self) {
      try await Database(path: broken, migrations: migrations)
    }
    #expect(error?.kind == .corrupt)
    #expect(error?.description.contains(broken) == true)
    #expect(try SafeFile.read(broken) == bytes)
  }

  @Test("refuses a path in a folder that is not there and one through a symbolic link")
  func paths() async throws {
    let missing = await #expect(throws: DatabaseError.self) {
      try await Database(path: "/tmp/podid-no-such-folder/a.db", migrations: [])
    }
    #expect(missing?.kind == .notWritable)
    let link = Scratch.path(".db")
    symlink(Scratch.path(".db"), link)
    await #expect(throws: DatabaseError.self) { try await Database(path: link, migrations: []) }
  }

  @Test("serves many writers at once, each exactly once")
  func concurrency() async throws {
    let database = try await Database(path: Scratch.path(".db"), migrations: migrations)
    let writers = (0..<200).map { number in
      Task {
        try await database.write { connection in
          try connection.run(
            "INSERT INTO things (name, value) VALUES (?, ?)", .text("n\(number)"), .blob([]))
        }
      }
    }
    for writer in writers { #expect(try await writer.value == 1) }
    let count = try await database.read { connection in
      try connection.query("SELECT count(*) FROM things") { $0.integer(0) }
    }
    #expect(count == [200])
  }
}
