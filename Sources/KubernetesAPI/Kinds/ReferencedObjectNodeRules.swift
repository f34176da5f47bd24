import JSON

/// A node reads of a kind what its pods name, as far as the rules of access let it at all.
struct ReferencedObjectNodeRules: NodeRules {
  let access: [AccessRule]

  func objection(
    of node: NodeIdentity, toReading access: ResourceAccess, name: String, fields: FieldSelector?,
    objects: some ClusterObjects
  ) async -> String? {
    await node.objection(toReadingReferenced: access, name: name, objects: objects)
  }
}
