/// The members of a JSON object in the order they were written; a repeated member keeps the last
/// value at the first place.
package struct JSONObject: Sendable {
  /// The member names, in order.
  package private(set) var names: [String] = []
  private var values: [JSON] = []
  /// Position by name, kept only when the object is too large to search.
  private var positions: [String: Int]?
  private static let searchLimit = 16

  /// An object without members.
  package init() {}

  /// The number of members.
  package var count: Int { names.count }
  /// Whether there are no members.
  package var isEmpty: Bool { names.isEmpty }

  private func position(of name: String) -> Int? {
    if let positions { return positions[name] }
    return names.firstIndex(of: name)
  }

  /// The member's value; assigning nil removes it, assigning to a new name appends it.
  package subscript(name: String) -> JSON? {
    get { position(of: name).map { values[$0] } }
    set {
      guard let newValue else {
        removeMember(name)
        return
      }
      if let found = position(of: name) {
        values[found] = newValue
        return
      }
      names.append(name)
      values.append(newValue)
      if positions != nil {
        positions?[name] = names.count - 1
      } else if names.count > Self.searchLimit {
        indexPositions()
      }
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

  private mutating func removeMember(_ name: String) {
    guard let found = position(of: name) else { return }
    names.remove(at: found)
    values.remove(at: found)
    if positions != nil { indexPositions() }
  }

  private mutating func indexPositions() {
    var index: [String: Int] = [:]
    index.reserveCapacity(names.count * 2)
    for (position, name) in names.enumerated() { index[name] = position }
    positions = index
  }

  /// The object with its members in ascending byte order of their names.
  package func sorted() -> JSONObject {
    var result = JSONObject()
    for (name, value) in self.sorted(by: { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }) {
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
    if left.names == right.names { return left.values == right.values }
    return left.allSatisfy { right[$0.name] == $0.value }
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(count)
    for name in names.sorted() { hasher.combine(name) }
  }
}
