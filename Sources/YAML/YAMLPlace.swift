import JSON

/// Where a value stands in its text, and where what it holds does.
package struct YAMLPlace: Sendable {
  /// Counted from 1; of a map's member the line of its key.
  package let line: Int
  private let members: [ByteText: YAMLPlace]
  private let items: [YAMLPlace]

  init(line: Int, members: [ByteText: YAMLPlace] = [:], items: [YAMLPlace] = []) {
    self.line = line
    self.members = members
    self.items = items
  }

  /// The same value, found at a line: that of its key, or of what stands for it.
  func at(_ line: Int) -> YAMLPlace { YAMLPlace(line: line, members: members, items: items) }

  /// The place of a member; this place where there is none of that name.
  package subscript(name: String) -> YAMLPlace { members[name.bytes] ?? self }

  /// The place of an item of a list; this place where there is none.
  package subscript(index: Int) -> YAMLPlace {
    items.indices.contains(index) ? items[index] : self
  }
}
