/// Edits in place, as defaults and mutations need them.
extension JSONObject {
  /// Sets a member that is absent or null.
  package mutating func fill(_ name: String, _ value: @autoclosure () -> JSON) {
    if self[name]?.isNull ?? true { self[name] = value() }
  }

  /// Edits a member that is an object.
  package mutating func edit(_ name: String, _ body: (inout JSONObject) -> Void) {
    guard var object = self[name]?.object else { return }
    body(&object)
    self[name] = .object(object)
  }

  /// Edits each object of a member that is a list.
  package mutating func editItems(of name: String, _ body: (inout JSONObject) -> Void) {
    guard let items = self[name]?.array else { return }
    self[name] = .array(
      items.map { item in
        guard var object = item.object else { return item }
        body(&object)
        return .object(object)
      })
  }

  /// Adds an item to a member that is a list, or makes it one.
  package mutating func appendItem(_ item: JSON, to name: String) {
    self[name] = .array((self[name]?.array ?? []) + [item])
  }

  /// The `name` members of a list's items.
  package func itemNames(of list: String) -> [String] {
    (self[list]?.array ?? []).compactMap { $0["name"]?.string }
  }
}
