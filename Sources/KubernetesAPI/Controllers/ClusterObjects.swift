import JSON

/// The cluster's objects as tokens, admission and controllers use them: without authorization, and
/// without the detour over HTTP.
protocol ClusterObjects: Sendable {
  /// The object of a name; `namespace` is empty for what lies in none.
  func object(_ kind: ResourceKind, namespace: String, name: String) async -> JSON?
  /// All objects of a kind.
  func objects(_ kind: ResourceKind) async -> [JSON]
  /// Stores a new object; its metadata say where.
  func create(_ kind: ResourceKind, _ object: JSON) async throws(StatusError) -> JSON
  /// Stores a changed object, unless somebody else changed it since it was read.
  func update(_ kind: ResourceKind, _ object: JSON) async throws(StatusError) -> JSON
  /// Every object of a kind that is there, then each change.
  func changes(of kind: ResourceKind) async -> AsyncStream<ObjectChange>
}

/// What happened to an object, whose state it carries.
enum ObjectChange: Sendable {
  /// It is there, new or changed.
  case set(JSON)
  /// It was removed; this was its last state.
  case removed(JSON)
}

extension JSON {
  /// `metadata.name`.
  var objectName: String { at("metadata", "name")?.string ?? "" }
  /// `metadata.namespace`, empty where there is none.
  var objectNamespace: String { at("metadata", "namespace")?.string ?? "" }
  /// `metadata.uid`.
  var objectUID: String { at("metadata", "uid")?.string ?? "" }
  /// Whether the object is on its way out.
  var isBeingDeleted: Bool { at("metadata", "deletionTimestamp")?.string != nil }
}
