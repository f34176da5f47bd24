import CSQLite

/// A value bound to a parameter of a statement.
package enum SQLValue: Sendable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByNilLiteral
{
  case null
  case integer(Int64)
  case text(String)
  case blob([UInt8])

  package init(stringLiteral value: String) { self = .text(value) }
  package init(integerLiteral value: Int64) { self = .integer(value) }
  package init(nilLiteral: ()) { self = .null }

  /// Text, or NULL for nil.
  package static func optional(_ text: String?) -> SQLValue { text.map(SQLValue.text) ?? .null }
}

/// A prepared statement, finalised when it goes away.
struct Statement: ~Copyable {
  let handle: OpaquePointer

  deinit { sqlite3_finalize(handle) }

  /// Binds the values to the parameters 1 and up; SQLite copies them.
  func bind(_ values: [SQLValue]) -> Int32 {
    let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    guard values.count == Int(sqlite3_bind_parameter_count(handle)) else { return SQLITE_RANGE }
    for (index, value) in values.enumerated() {
      let place = Int32(index + 1)
      let code =
        switch value {
        case .null: sqlite3_bind_null(handle, place)
        case .integer(let number): sqlite3_bind_int64(handle, place, number)
        case .text(let text): bind(text, at: place, transient)
        case .blob(let bytes):
          bytes.isEmpty
            ? sqlite3_bind_zeroblob(handle, place, 0)
            : sqlite3_bind_blob64(handle, place, bytes, UInt64(bytes.count), transient)
        }
      guard code == SQLITE_OK else { return code }
    }
    return SQLITE_OK
  }

  /// Binds a text by its length, so that a NUL in it does not end it.
  private func bind(
    _ text: String, at place: Int32, _ transient: sqlite3_destructor_type
  ) -> Int32 {
    var text = text
    return text.withUTF8 { bytes in
      // Without a start SQLite would take an empty text for NULL.
      guard let start = bytes.baseAddress, !bytes.isEmpty else {
        return sqlite3_bind_text(handle, place, "", 0, transient)
      }
      return start.withMemoryRebound(to: CChar.self, capacity: bytes.count) {
        sqlite3_bind_text64(
          handle, place, $0, UInt64(bytes.count), transient, UInt8(SQLITE_UTF8))
      }
    }
  }
}

/// The current row of a query; valid inside the closure that gets it.
package struct Row {
  let handle: OpaquePointer

  /// Whether a column is NULL.
  package func isNull(_ column: Int) -> Bool {
    sqlite3_column_type(handle, Int32(column)) == SQLITE_NULL
  }

  /// An integer column; 0 for NULL.
  package func integer(_ column: Int) -> Int64 { sqlite3_column_int64(handle, Int32(column)) }

  /// A text column; empty for NULL.
  package func text(_ column: Int) -> String {
    guard let start = sqlite3_column_text(handle, Int32(column)) else { return "" }
    let count = Int(sqlite3_column_bytes(handle, Int32(column)))
    return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
  }

  /// A text column, nil for NULL.
  package func optionalText(_ column: Int) -> String? { isNull(column) ? nil : text(column) }

  /// A blob column; empty for NULL.
  package func blob(_ column: Int) -> [UInt8] {
    guard let start = sqlite3_column_blob(handle, Int32(column)) else { return [] }
    let count = Int(sqlite3_column_bytes(handle, Int32(column)))
    return Array(UnsafeRawBufferPointer(start: start, count: count))
  }
}
