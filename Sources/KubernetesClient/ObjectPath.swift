import HTTP

/// Where the core API has its objects.
///
/// Each part is percent-encoded, so that a name with a slash or a question mark is a name that
/// nothing has, and never another path. An empty name is the collection's path.
package enum ObjectPath {
  /// `/api/v1/[namespaces/NAMESPACE/]RESOURCE[/NAME[/SUBRESOURCE]]`.
  package static func core(
    _ resource: String, in namespace: String? = nil, _ name: String? = nil,
    _ subresource: String? = nil
  ) -> String {
    let parts = (namespace.map { ["namespaces", $0] } ?? []) + [resource, name, subresource]
    return parts.compactMap { $0 }.reduce("/api/v1") { $0 + "/" + PercentEncoding.encode($1) }
  }

  /// The query that selects by a field, as `fieldSelector=metadata.name%3DNAME`; what would end the
  /// value has a backslash before it (apimachinery, pkg/fields/selector.go, EscapeValue).
  package static func selecting(_ field: String, _ value: String) -> String {
    "fieldSelector=\(requirement(field, value))"
  }

  /// The query that selects by two fields.
  package static func selecting(
    _ field: String, _ value: String, and other: String, _ otherValue: String
  ) -> String {
    "fieldSelector=\(requirement(field, value))%2C\(requirement(other, otherValue))"
  }

  private static func requirement(_ field: String, _ value: String) -> String {
    let escaped = String(
      decoding: value.utf8.flatMap {
        "\\,=".utf8.contains($0) ? [UInt8(ascii: "\\"), $0] : [$0]
      }, as: UTF8.self)
    return "\(field)%3D\(PercentEncoding.encode(escaped))"
  }
}
