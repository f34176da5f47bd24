import HTTP

/// A path below `/api/v1`: which resource, which object, which part of it.
struct ResourcePath: Sendable, Hashable {
  let kind: ClusterResource
  /// Empty for all namespaces, and for what lies in none.
  let namespace: String
  /// Empty for the collection.
  let name: String
  /// `status`, `token`, `finalize`, ...; empty for the object itself.
  let subresource: String

  /// Reads `[namespaces/NS/]RESOURCE[/NAME[/SUBRESOURCE]]`; nil where no resource has that name.
  init?(_ segments: ArraySlice<String>) {
    var rest = Array(segments)
    if rest.last == "" { rest.removeLast() }
    var namespace = ""
    if rest.count >= 3, rest[0] == "namespaces", !["status", "finalize"].contains(rest[2]) {
      namespace = rest[1]
      rest.removeFirst(2)
      guard !namespace.isEmpty else { return nil }
    }
    guard let first = rest.first, let kind = ClusterResource(rawValue: first), rest.count <= 3,
      !rest.dropFirst().contains("")
    else { return nil }
    // A namespaced path names namespaced things, and an object of them needs its namespace.
    guard
      ResourceKind.of(kind).isNamespaced
        ? !namespace.isEmpty || rest.count == 1
        : namespace.isEmpty
    else { return nil }
    self.kind = kind
    self.namespace = namespace
    name = rest.count > 1 ? rest[1] : ""
    subresource = rest.count > 2 ? rest[2] : ""
  }

  /// The object's place.
  var place: ObjectPlace { ObjectPlace(namespace: namespace, name: name) }
}
