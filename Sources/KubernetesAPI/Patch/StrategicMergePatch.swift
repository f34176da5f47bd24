import JSON

/// Kubernetes' strategic merge patch: a merge patch in which some lists are merged by a key
/// (kubernetes/apimachinery `pkg/util/strategicpatch`).
struct StrategicMergePatch {
  /// Which lists are merged by the value of a member of their items, by the list's path; the rest
  /// are replaced.
  private let keys: [ByteText: String]
  /// Lists of plain values that are merged as sets.
  private let sets: Set<ByteText>

  /// Patches of a kind's objects.
  init(_ kind: ResourceKind) {
    keys = kind.mergeKeys
    sets = kind.mergedSets
  }

  /// A value with a patch merged into it.
  func apply(_ patch: JSON, to value: JSON) throws(StatusError) -> JSON {
    try merge(patch, into: value, at: "")
  }

  private func merge(
    _ patch: JSON, into value: JSON, at place: String?
  ) throws(StatusError) -> JSON {
    guard let changes = patch.object else { return patch }
    switch changes["$patch"]?.string?.bytes {
    case "replace": return .object(Self.withoutDirectives(changes))
    case "delete": return [:]
    case nil, "merge": break
    case let other?: throw .badRequest("unknown patch type found in map: $patch=\(other)")
    }
    var result = value.object ?? [:]
    for (name, change) in changes where !name.bytes.hasPrefix("$") {
      if change.isNull { continue }
      if let items = change.array {
        let deleted = Set(changes["$deleteFromPrimitiveList/\(name)"]?.array ?? [])
        result[name] = .array(
          try list(
            items, into: (result[name]?.array ?? []).filter { !deleted.contains($0) },
            at: Self.place(name, in: place)))
      } else {
        result[name] = try merge(
          change, into: result[name] ?? [:], at: Self.place(name, in: place))
      }
    }
    result.removeMembers { changes[$0] == .null && !$0.bytes.hasPrefix("$") }
    for (name, change) in changes {
      if name.bytes.hasPrefix("$deleteFromPrimitiveList/") {
        let list = String(Substring(name.utf8.dropFirst(25)))
        guard changes[list] == nil else { continue }
        let deleted = Set(change.array ?? [])
        result[list] = .array((result[list]?.array ?? []).filter { !deleted.contains($0) })
      } else if name.bytes.hasPrefix("$setElementOrder/") {
        let list = String(Substring(name.utf8.dropFirst(17)))
        guard let items = result[list]?.array else { continue }
        let key = key(at: Self.place(list, in: place))
        result[list] = .array(Self.ordered(items, as: change.array ?? [], key: key))
      } else if name.bytes == "$retainKeys" {
        let kept = Set((change.strings ?? []).map(\.bytes))
        result.removeMembers { !kept.contains($0.bytes) }
      }
    }
    return .object(result)
  }

  /// More bytes than the path of any list that is merged.
  private static let placeLimit = 80

  /// The path of a member of what lies at a path; items of lists have no name in it.
  ///
  /// Nil where nothing that is merged lies there: names may be long, and are not put together then.
  private static func place(_ name: String, in parent: String?) -> String? {
    guard let parent, parent.utf8.count + name.utf8.count < placeLimit else { return nil }
    return parent.isEmpty ? name : "\(parent).\(name)"
  }

  private func key(at place: String?) -> String? { place.flatMap { keys[$0.bytes] } }

  private func list(
    _ items: [JSON], into old: [JSON], at place: String?
  ) throws(StatusError) -> [JSON] {
    if let place, sets.contains(place.bytes) {
      let present = Set(old)
      return old + items.filter { !present.contains($0) }
    }
    guard let key = key(at: place) else { return items.map(Self.plain) }
    if items.contains(where: { $0["$patch"] == "replace" }) {
      return items.filter { $0["$patch"] == nil }.map(Self.plain)
    }
    var result: [JSON?] = old
    var positions: [JSON: Int] = [:]
    for (position, item) in old.enumerated() {
      guard let identity = item[key], positions[identity] == nil else { continue }
      positions[identity] = position
    }
    var added: [JSON] = []
    for item in items {
      guard let identity = item[key] else {
        throw .badRequest("map: \(item.text()) does not contain declared merge key: \(key)")
      }
      let position = positions[identity]
      if item["$patch"] == "delete" {
        if let position { result[position] = nil }
        positions[identity] = nil
      } else if let position, let present = result[position] {
        result[position] = try merge(item, into: present, at: place)
      } else {
        added.append(Self.plain(item))
      }
    }
    // New items come before those that are there, as upstream has it for these kinds.
    return added + result.compactMap(\.self)
  }

  /// Items in the order of the directive; those that it does not name keep their place after them.
  private static func ordered(_ items: [JSON], as order: [JSON], key: String?) -> [JSON] {
    func identity(_ item: JSON) -> JSON { key.flatMap { item[$0] } ?? item }
    var first: [JSON: JSON] = [:]
    for item in items where first[identity(item)] == nil { first[identity(item)] = item }
    let wanted = order.map(identity)
    let isWanted = Set(wanted)
    return wanted.compactMap { first[$0] } + items.filter { !isWanted.contains(identity($0)) }
  }

  private static func plain(_ value: JSON) -> JSON {
    if let object = value.object { return .object(withoutDirectives(object)) }
    if let items = value.array { return .array(items.map(plain)) }
    return value
  }

  private static func withoutDirectives(_ object: JSONObject) -> JSONObject {
    var result = JSONObject()
    for (name, value) in object where !name.bytes.hasPrefix("$") && !value.isNull {
      result[name] = plain(value)
    }
    return result
  }
}
