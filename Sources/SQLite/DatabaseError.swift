import CSQLite

/// Why a database could not be used, for an operator.
package struct DatabaseError: Error, Sendable, CustomStringConvertible {
  /// The kind of failure.
  package enum Kind: Sendable, Hashable {
    case newerSchema, corrupt, notWritable, full, busy, constraint, other
  }

  package let kind: Kind
  /// What happened, with the file's path.
  package let description: String

  /// An error of this kind.
  package init(_ kind: Kind, _ description: String) {
    self.kind = kind
    self.description = description
  }

  /// The error that SQLite reports for a connection.
  init(code: Int32, path: String, connection: OpaquePointer?) {
    let text = connection.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
    switch code & 0xFF {
    case SQLITE_CORRUPT, SQLITE_NOTADB:
      self.init(.corrupt, "\(path) is no usable database (\(text)); move it away to start afresh")
    case SQLITE_READONLY, SQLITE_CANTOPEN, SQLITE_PERM:
      self.init(.notWritable, "\(path) cannot be written (\(text))")
    case SQLITE_FULL, SQLITE_IOERR:
      self.init(.full, "\(path) cannot be written, is the disk full? (\(text))")
    case SQLITE_BUSY, SQLITE_LOCKED: self.init(.busy, "\(path) is in use (\(text))")
    case SQLITE_CONSTRAINT: self.init(.constraint, "\(path): \(text)")
    default: self.init(.other, "\(path): \(text)")
    }
  }
}
