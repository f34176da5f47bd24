/// The members of a JSON object in the order they were written; a repeated member keeps the last
/// value at the first place.
///
/// Names are the same where their bytes are (RFC 8259 section 8.3).
package struct JSONObject: Sendable {
  /// The member names, in order.
  package private(set) var names: [String] = []
  private var values: [JSON] = []
  /// Places by name, one index when the object is too large to search, and none before.
  ///
  /// An array, since a value of JSON has room for its largest case: it takes one word.
  private var index: [JSONNameIndex] = []
  private static let searchLimit = 16
  private static let removalLimit = 256

  /// An object without members.
  package init() {}

  /// The number of members.
  package var count: Int { names.count }
  /// Whether there are no members.
  package var isEmpty: Bool { names.isEmpty }

  private func position(of name: String) -> Int? {
    if !index.isEmpty { return position(of: name, hash: JSONNameIndex.hash(name)) }
    let wanted = name.bytes
    return names.withUnsafeBufferPointer { names in
      var place = 0
      while place < names.count {
        if names[place].bytes == wanted { return place }
        place += 1
      }
      return nil
    }
  }

  private func position(of name: String, hash: UInt32) -> Int? {
    let name = name.bytes
    guard let index = index.first else { return nil }
    return index.place(hash: hash) { last in
      var place = last
      let first = Swift.max(0, last - index.removals)
      while place >= first {
        if place < names.count, names[place].bytes == name { return place }
        place -= 1
      }
      return nil
    }
  }

  /// The member's value; assigning nil removes it, assigning to a new name appends it.
  package subscript(name: String) -> JSON? {
    get { position(of: name).map { values[$0] } }
    set {
      guard let newValue else {
        removeMember(name)
        return
      }
      if !index.isEmpty {
        let hash = JSONNameIndex.hash(name)
        if let found = position(of: name, hash: hash) {
          values[found] = newValue
          return
        }
        index[0].insert(names.count + index[0].removals, hash: hash)
      } else if let found = position(of: name) {
        values[found] = newValue
        return
      }
      names.append(name)
      values.append(newValue)
      if index.isEmpty, names.count > Self.searchLimit { index = [JSONNameIndex(names)] }
    }
  }

  /// The member's value, or `fallback` where it is absent; mutation in place.
  package subscript(name: String, default fallback: JSON) -> JSON {
    get { self[name] ?? fallback }
    _modify {
      if position(of: name) == nil { self[name] = fallback }
      let found = position(of: name) ?? 0
      yield &values[found]
    }
  }

  /// Removes the members whose names `isRemoved` holds of, in one pass.
  package mutating func removeMembers(where isRemoved: (String) -> Bool) {
    // Most often nothing goes, and a second copy of a large object would cost as much as the first.
    guard let first = names.firstIndex(where: isRemoved) else { return }
    var kept = JSONObject()
    for place in names.indices where place < first || place > first && !isRemoved(names[place]) {
      kept[names[place]] = values[place]
    }
    self = kept
  }

  private mutating func removeMember(_ name: String) {
    guard let found = position(of: name) else { return }
    names.remove(at: found)
    values.remove(at: found)
    guard !index.isEmpty else { return }
    index[0].removals += 1
    if index[0].removals > Self.removalLimit { index = [JSONNameIndex(names)] }
  }

  /// The object with its members in ascending byte order of their names.
  package func sorted() -> JSONObject {
    var result = JSONObject()
    for (name, value) in self.sorted(by: { $0.name.bytes < $1.name.bytes }) {
      result[name] = value
    }
    return result
  }
}

extension JSONObject: RandomAccessCollection {
  package var startIndex: Int { 0 }
  package var endIndex: Int { names.count }
  package subscript(position: Int) -> (name: String, value: JSON) {
    (names[position], values[position])
  }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
  package init(dictionaryLiteral elements: (String, JSON)...) {
    for (name, value) in elements { self[name] = value }
  }
}

/// Two objects are equal when they hold the same members, in whatever order.
extension JSONObject: Hashable {
  package static func == (left: JSONObject, right: JSONObject) -> Bool {
    guard left.count == right.count else { return false }
    if left.names.elementsEqual(right.names, by: { $0.bytes == $1.bytes }) {
      return left.values == right.values
    }
    return left.allSatisfy { right[$0.name] == $0.value }
  }

  package func hash(into hasher: inout Hasher) {
    var members = 0
    for (name, value) in self {
      var member = Hasher()
      member.combine(name.bytes)
      member.combine(value)
      members ^= member.finalize()
    }
    hasher.combine(members)
  }
}
