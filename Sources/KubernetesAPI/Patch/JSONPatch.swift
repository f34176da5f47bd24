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
    var spent = Spent()
    for operation in operations { try apply(operation, to: &result, &spent) }
    return result
  }

  /// What a patch has cost so far.
  private struct Spent {
    /// Bytes that `copy` operations added.
    var copied = 0
    /// Items and members that gave way to others or closed a gap.
    var moved = 0

    mutating func move(_ count: Int) throws(StatusError) {
      moved += count
      guard moved <= moveLimit else {
        throw StatusError(
          413, "RequestEntityTooLarge",
          "The allowed maximum of items moved by a JSON patch is \(moveLimit)")
      }
    }
  }

  /// Ten thousand operations at the front of a list of a million items would take minutes.
  private static let moveLimit = 4_000_000

  /// How many bytes all `copy` operations together may add, as upstream has it (kube-apiserver sets
  /// `jsonpatch.AccumulatedCopySizeLimit` to the limit of a request's body).
  private static let copyLimit = 3 << 20

  private static func apply(
    _ operation: JSON, to value: inout JSON, _ spent: inout Spent
  ) throws(StatusError) {
    guard let path = operation["path"]?.string.flatMap(pointer) else { throw refused }
    let given = operation["value"] ?? .null
    switch operation["op"]?.string?.bytes {
    case "add": try edit(&value, path[...], .add(given), &spent)
    case "replace": try edit(&value, path[...], .replace(given), &spent)
    case "remove": try edit(&value, path[...], .remove, &spent)
    case "test": guard try get(value, path) == given else { throw refused }
    case "copy", "move":
      guard let from = operation["from"]?.string.flatMap(pointer) else { throw refused }
      let moved = try get(value, from)
      if operation["op"] == "copy" {
        spent.copied += moved.approximateSize(limit: copyLimit)
        guard spent.copied <= copyLimit else {
          throw StatusError(
            422, "Invalid",
            "Unable to complete the copy, the accumulated size increase of copy is \(spent.copied), "
              + "exceeding the limit \(copyLimit)", details: [:])
        }
      }
      if operation["op"] == "move" {
        guard path.count <= from.count || !path.starts(with: from, by: { $0.bytes == $1.bytes })
        else { throw refused }
        try edit(&value, from[...], .remove, &spent)
      }
      try edit(&value, path[...], .add(moved), &spent)
    default: throw refused
    }
  }

  private static let partLimit = 1000

  private enum Edit {
    case add(JSON)
    case replace(JSON)
    case remove
  }

  /// The parts of a JSON Pointer (RFC 6901); nil where it is none.
  private static func pointer(_ text: String) -> [String]? {
    if text.isEmpty { return [] }
    guard text.bytes.hasPrefix("/") else { return nil }
    // A path that leads beyond what any object can be deep is none of it, however long it is.
    guard text.utf8.count(where: { $0 == UInt8(ascii: "/") }) <= partLimit else { return nil }
    return Substring(text.utf8.dropFirst()).bytes
      .split(separator: "/", omittingEmptySubsequences: false).map(unescaped)
  }

  /// `~1` is a slash and `~0` a tilde.
  private static func unescaped(_ part: Substring) -> String {
    guard part.utf8.contains(UInt8(ascii: "~")) else { return String(part) }
    var bytes: [UInt8] = []
    var rest = part.utf8
    while let byte = rest.popFirst() {
      switch (byte, rest.first) {
      case (UInt8(ascii: "~"), UInt8(ascii: "1")?):
        bytes.append(UInt8(ascii: "/"))
        rest.removeFirst()
      case (UInt8(ascii: "~"), UInt8(ascii: "0")?):
        bytes.append(byte)
        rest.removeFirst()
      default: bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
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
    if end, text.bytes == "-" { return list.count }
    guard text.bytes == "0" || text.utf8.first != UInt8(ascii: "0"),
      text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }),
      let index = Int(text), index < list.count + (end ? 1 : 0)
    else { return nil }
    return index
  }

  private static func edit(
    _ value: inout JSON, _ path: ArraySlice<String>, _ edit: Edit, _ spent: inout Spent
  ) throws(StatusError) {
    guard let part = path.first else {
      switch edit {
      case .add(let new), .replace(let new): value = new
      case .remove: throw refused
      }
      return
    }
    let isLast = path.count == 1
    // The value is taken out while it is edited, so that it has one owner and nothing is copied. A
    // failure leaves it out: the whole patch is thrown away then.
    if var list = value.takeArray() {
      let isAdding = if case .add = edit { isLast } else { false }
      guard let index = position(part, in: list, end: isAdding) else { throw refused }
      switch edit {
      case _ where !isLast: try self.edit(&list[index], path.dropFirst(), edit, &spent)
      case .add(let new):
        try spent.move(list.count - index)
        list.insert(new, at: index)
      case .replace(let new): list[index] = new
      case .remove:
        try spent.move(list.count - index)
        list.remove(at: index)
      }
      value = .array(list)
    } else if var object = value.takeObject() {
      let isAdding = if case .add = edit { isLast } else { false }
      guard isAdding || object[part] != nil else { throw refused }
      switch edit {
      case _ where !isLast:
        try self.edit(&object[part, default: .null], path.dropFirst(), edit, &spent)
      case .add(let new), .replace(let new): object[part] = new
      case .remove:
        try spent.move(object.count)
        object[part] = nil
      }
      value = .object(object)
    } else {
      throw refused
    }
  }
}

extension JSON {
  /// The elements, taken out so that nobody else holds them; a `switch` over the value would.
  fileprivate mutating func takeArray() -> [JSON]? {
    guard case .array(let list) = self else { return nil }
    self = .null
    return list
  }

  /// The members, likewise.
  fileprivate mutating func takeObject() -> JSONObject? {
    guard case .object(let object) = self else { return nil }
    self = .null
    return object
  }
}
