import JSON

/// A node reads and changes the pods that are on it.
struct PodNodeRules: NodeRules {
  let access = [
    // Differs from AWS: a kubelet creates mirror pods alone; here `podid pod` is a node's hand.
    AccessRule(
      verbs: ["get", "list", "watch", "create", "delete"], groups: [""], resources: ["pods"]),
    AccessRule(verbs: ["get", "update", "patch"], groups: [""], resources: ["pods/status"]),
  ]

  func objection(
    of node: NodeIdentity, toReading access: ResourceAccess, name: String, fields: FieldSelector?,
    objects: some ClusterObjects
  ) async -> String? {
    if access.verb.bytes != "get" {
      if fields?.nodeName?.bytes == node.name.bytes, !node.name.isEmpty { return nil }
      return "can only list/watch pods with spec.nodeName field selector"
    }
    let pod = await objects.object(.pods, namespace: access.namespace, name: name)
    return pod.map(node.holds) ?? true ? nil : node.unrelated
  }

  func checkCreation(
    of object: JSONObject, in namespace: String, by node: NodeIdentity
  ) throws(StatusError) {
    guard !node.holds(.object(object)) else { return }
    throw .forbidden(
      .pods, object["metadata"]?["name"]?.string ?? "",
      "node \"\(node.name)\" can only create pods with spec.nodeName set to itself")
  }

  func checkChange(
    of old: StoredObject, to new: JSONObject, subresource: String, by node: NodeIdentity
  ) throws(StatusError) {
    guard node.holds(old.json) else {
      throw .forbidden(
        .pods, old.name,
        "node \"\(node.name)\" can only update pod status for pods with spec.nodeName set to "
          + "itself")
    }
    // A status without metadata leaves the labels as they are.
    guard subresource.bytes == "status", let metadata = new["metadata"],
      labels(metadata) != labels(old.json["metadata"])
    else { return }
    throw .forbidden(
      .pods, old.name, "node \"\(node.name)\" cannot update labels through pod status")
  }

  func checkDeletion(of object: StoredObject, by node: NodeIdentity) throws(StatusError) {
    guard !node.holds(object.json) else { return }
    throw .forbidden(
      .pods, object.name,
      "node \"\(node.name)\" can only delete pods with spec.nodeName set to itself")
  }

  private func labels(_ metadata: JSON?) -> JSONObject {
    metadata?["labels"]?.object ?? [:]
  }
}
