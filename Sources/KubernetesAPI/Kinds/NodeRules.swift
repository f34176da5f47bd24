import JSON

/// What a node may read and change of a kind, beside what its rules of access say (upstream's Node
/// authorizer and its admission plugin NodeRestriction).
protocol NodeRules: Sendable {
  /// What the rules of access let a node do.
  var access: [AccessRule] { get }

  /// Why the node may not read what a request is about; nil where it may.
  ///
  /// `name` is empty for a list or a watch that no field selector confines to one object.
  func objection(
    of node: NodeIdentity, toReading access: ResourceAccess, name: String, fields: FieldSelector?,
    objects: some ClusterObjects
  ) async -> String?

  /// Refuses an object that the node may not make.
  func checkCreation(
    of object: JSONObject, in namespace: String, by node: NodeIdentity
  ) throws(StatusError)

  /// Refuses a change that the node may not make; `new` is what would be there then.
  func checkChange(
    of old: StoredObject, to new: JSONObject, subresource: String, by node: NodeIdentity
  ) throws(StatusError)

  /// Refuses to delete what the node may not.
  func checkDeletion(of object: StoredObject, by node: NodeIdentity) throws(StatusError)
}

extension NodeRules {
  var access: [AccessRule] { [] }
  func objection(
    of node: NodeIdentity, toReading access: ResourceAccess, name: String, fields: FieldSelector?,
    objects: some ClusterObjects
  ) async -> String? { nil }
  func checkCreation(
    of object: JSONObject, in namespace: String, by node: NodeIdentity
  ) throws(StatusError) {}
  func checkChange(
    of old: StoredObject, to new: JSONObject, subresource: String, by node: NodeIdentity
  ) throws(StatusError) {}
  func checkDeletion(of object: StoredObject, by node: NodeIdentity) throws(StatusError) {}
}
