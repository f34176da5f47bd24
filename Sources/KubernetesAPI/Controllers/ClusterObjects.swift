package import JSON

/// The cluster's objects as tokens, admission and controllers use them: without authorization, and
/// without the detour over HTTP.
package protocol ClusterObjects: Sendable {
  /// The object of a name; `namespace` is empty for what lies in none.
  func object(_ resource: ClusterResource, namespace: String, name: String) async -> JSON?
  /// All objects of a resource.
  func objects(_ resource: ClusterResource) async -> [JSON]
  /// Stores a new object; its metadata say where.
  func create(_ resource: ClusterResource, _ object: JSON) async throws(StatusError) -> JSON
  /// Stores a changed object, unless somebody else changed it since it was read.
  func update(_ resource: ClusterResource, _ object: JSON) async throws(StatusError) -> JSON
  /// Every object of a resource that is there, then each change.
  func changes(of resource: ClusterResource) async -> AsyncStream<ObjectChange>
}

/// The resources that this half of the server works with.
package enum ClusterResource: String, Sendable, CaseIterable {
  case configMaps = "configmaps"
  case events
  case namespaces
  case nodes
  case pods
  case secrets
  case serviceAccounts = "serviceaccounts"
  case services
}

/// What happened to an object, whose state it carries.
package enum ObjectChange: Sendable {
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
