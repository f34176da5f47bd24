import JSON

/// JSON Patch (RFC 6902).
enum JSONPatch {
  private static var refused: StatusError {
    StatusError(
      422, "Invalid", "the server rejected our request due to an error in our request",
      details: [:])
  }

  /// A value with all operations done; none where one fails.
  static func apply(_ patch: JSON, to value: JSON) throws(StatusError) -> JSON {
    guard let operations = patch.array else {
      throw .badRequest(
        "error decoding patch: json: cannot unmarshal object into Go value of type "
          + "jsonpatch.Patch")
    }
    guard operations.count <= 10_000 else {
      throw StatusError(
        413, "RequestEntityTooLarge",
        "The allowed maximum operations in a JSON patch is 10000, got \(operations.count)")
    }
    var result = value
    for operation in operations { try apply(operation, to: &result) }
    return result
  }

  private static func apply(_ operation: JSON, to value: inout JSON) throws(StatusError) {
    guard let path = operation["path"]?.string.flatMap(pointer) else { throw refused }
    let given = operation["value"] ?? .null
    switch operation["op"]?.string {
    case "add": try edit(&value, path[...], .add(given))
    case "replace": try edit(&value, path[...], .replace(given))
    case "remove": try edit(&value, path[...], .remove)
    case "test": guard try get(value, path) == given else { throw refused }
    case "copy", "move":
      guard let from = operation["from"]?.string.flatMap(pointer) else { throw refused }
      let moved = try get(value, from)
      if operation["op"] == "move" {
        guard !path.starts(with: from) || path == from else { throw refused }
        try edit(&value, from[...], .remove)
      }
      try edit(&value, path[...], .add(moved))
    default: throw refused
    }
  }

  private enum Edit {
    case add(JSON)
    case replace(JSON)
    case remove
  }

  /// The parts of a JSON Pointer (RFC 6901); nil where it is none.
  private static func pointer(_ text: String) -> [String]? {
    if text.isEmpty { return [] }
    guard text.hasPrefix("/") else { return nil }
    return text.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map {
      String($0).replacing("~1", with: "/").replacing("~0", with: "~")
    }
  }

  private static func get(_ value: JSON, _ path: [String]) throws(StatusError) -> JSON {
    var value = value
    for part in path {
      let next: JSON? =
        value.array.map { list in
          position(part, in: list, end: false).map { list[$0] }
        } ?? value[part]
      guard let next else { throw refused }
      value = next
    }
    return value
  }

  private static func position(_ text: String, in list: [JSON], end: Bool) -> Int? {
    if end, text == "-" { return list.count }
    guard text == "0" || !text.hasPrefix("0"), text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }),
      let index = Int(text), index < list.count + (end ? 1 : 0)
    else { return nil }
    return index
  }

  private static func edit(
    _ value: inout JSON, _ path: ArraySlice<String>, _ edit: Edit
  ) throws(StatusError) {
    guard let part = path.first else {
      switch edit {
      case .add(let new), .replace(let new): value = new
      case .remove: throw refused
      }
      return
    }
    let isLast = path.count == 1
    if var list = value.array {
      let isAdding = if case .add = edit { isLast } else { false }
      guard let index = position(part, in: list, end: isAdding) else { throw refused }
      if !isLast {
        try self.edit(&list[index], path.dropFirst(), edit)
      } else {
        switch edit {
        case .add(let new): list.insert(new, at: index)
        case .replace(let new): list[index] = new
        case .remove: list.remove(at: index)
        }
      }
      value = .array(list)
    } else if var object = value.object {
      if !isLast {
        guard var inner = object[part] else { throw refused }
        try self.edit(&inner, path.dropFirst(), edit)
        object[part] = inner
      } else {
        switch edit {
        case .add(let new): object[part] = new
        case .replace(let new):
          guard object[part] != nil else { throw refused }
          object[part] = new
        case .remove:
          guard object[part] != nil else { throw refused }
          object[part] = nil
        }
      }
      value = .object(object)
    } else {
      throw refused
    }
  }
}
