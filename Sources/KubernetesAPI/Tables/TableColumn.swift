import JSON
import Platform

/// A column of a kind's table (kubernetes/kubernetes `pkg/printers/internalversion/printers.go`).
struct TableColumn: Sendable {
  let name: String
  var type = "string"
  var format = ""
  /// 1 for what `-o wide` alone shows.
  var priority: Int64 = 0
  let cell: @Sendable (JSON, Instant) -> JSON

  /// The column's definition.
  var json: JSON {
    [
      "name": .string(name), "type": .string(type), "format": .string(format),
      "description": .string("The \(name.bytes.asciiLowercased) of the object."),
      "priority": .integer(priority),
    ]
  }
}

extension TableColumn {
  /// The object's name.
  static let name = TableColumn(name: "Name", format: "name") { object, _ in
    .string(object.objectName)
  }
  /// How long ago the object was made.
  static let age = TableColumn(name: "Age") { object, now in
    .string(HumanAge.text(since: object.at("metadata", "creationTimestamp")?.string, now: now))
  }

  /// The text of a member, `<none>` where it is missing.
  static func text(_ title: String, _ path: String..., priority: Int64 = 0) -> TableColumn {
    TableColumn(name: title, priority: priority) { object, _ in
      var value: JSON? = object
      for name in path { value = value?[name] }
      return .string(value?.string ?? "<none>")
    }
  }

  /// How many items or members these members have.
  static func count(_ title: String, _ members: String...) -> TableColumn {
    TableColumn(name: title, type: "integer") { object, _ in
      .integer(
        Int64(
          members.reduce(0) {
            $0 + (object[$1]?.object?.count ?? object[$1]?.array?.count ?? 0)
          }))
    }
  }
}
