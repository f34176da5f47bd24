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

  @Test(
    "text with a NUL is kept whole and is another one than the text before it",
    arguments: ["a\0b", "\0", "a\0", "\0\0é", ""])
  func nul(text: String) async throws {
    let database = try await Database(path: ":memory:", migrations: migrations)
    try await database.write { connection in
      try connection.run("INSERT INTO things (name, value) VALUES (?, ?)", .text(text), .blob([]))
      try connection.run("INSERT INTO things (name, value) VALUES ('other', x'00')")
    }
    let rows = try await database.read { connection in
      try connection.query(
        "SELECT name, length(CAST(name AS BLOB)) FROM things WHERE name = ?", .text(text)
      ) {
        "\($0.text(0).utf8.map { $0 }) \($0.integer(1)) \($0.isNull(0))"
      }
    }
    #expect(rows == ["\(Array(text.utf8)) \(text.utf8.count) false"])
    let before = text.prefix { $0 != "\0" }
    guard before.utf8.count < text.utf8.count else { return }
    let found = try await database.read { connection in
      try connection.query("SELECT 1 FROM things WHERE name = ?", .text(String(before))) { _ in 1 }
    }
    #expect(found.isEmpty)
  }

  @Test(
    "a file that has another name is not written as a database",
    arguments: ["", "-wal", "-journal"])
  func hardLink(end: String) async throws {
    let (path, other) = (Scratch.path(".db"), Scratch.path())
    try SafeFile.write(Array("own".utf8), to: other)
    link(other, path + end)
    let error = await #expect(throws: DatabaseError.self) {
      try await Database(path: path, migrations: migrations)
    }
    #expect(error?.description.contains("\(path)\(end): is a hard link") == true)
    #expect(try SafeFile.readText(other) == "own")
  }
}
