import HTTP
import JSON

/// A path below a group and version: which resource, which object, which part of it.
struct ResourcePath: Sendable {
  let kind: ResourceKind
  /// Empty for all namespaces, and for what lies in none.
  let namespace: String
  /// Empty for the collection.
  let name: String
  /// `status`, `token`, `finalize`, ...; empty for the object itself.
  let subresource: String

  /// Reads `api/VERSION/REST` or `apis/GROUP/VERSION/REST`, where `REST` is
  /// `[namespaces/NS/]RESOURCE[/NAME[/SUBRESOURCE]]`; nil where no resource has that name.
  init?(_ segments: [String], groupVersion: GroupVersion) {
    var rest = Array(segments.dropFirst(groupVersion.segmentCount))
    if rest.last?.bytes == "" { rest.removeLast() }
    var namespace = ""
    if rest.count >= 3, rest[0].bytes == "namespaces",
      !["status", "finalize"].contains(rest[2].bytes)
    {
      namespace = rest[1]
      rest.removeFirst(2)
      guard !namespace.isEmpty else { return nil }
    }
    guard let first = rest.first,
      let kind = ResourceKind.named(
        first, group: groupVersion.group, version: groupVersion.version), rest.count <= 3,
      !rest.dropFirst().contains(where: \.isEmpty)
    else { return nil }
    // A namespaced path names namespaced things, and an object of them needs its namespace.
    guard
      kind.isNamespaced
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
