import JSON

/// A node reads and changes itself, but neither its taints nor the labels that are the cluster's.
struct NodeNodeRules: NodeRules {
  let access = [
    AccessRule(
      verbs: ["get", "list", "watch", "create", "update", "patch"], groups: [""],
      resources: ["nodes"]),
    AccessRule(verbs: ["get", "update", "patch"], groups: [""], resources: ["nodes/status"]),
  ]

  func objection(
    of node: NodeIdentity, toReading access: ResourceAccess, name: String, fields: FieldSelector?,
    objects: some ClusterObjects
  ) async -> String? {
    if name.bytes == node.name.bytes, !name.isEmpty { return nil }
    let what = name.isEmpty ? "all nodes" : "'\(name)'"
    return "node '\(node.name)' cannot read \(what), only its own Node object"
  }

  func checkCreation(
    of object: JSONObject, in namespace: String, by node: NodeIdentity
  ) throws(StatusError) {
    let named = object["metadata"]?["name"]?.string ?? ""
    try require(named, is: node)
    let labels = NodeLabels.restricted(in: object["metadata"]?["labels"]?.object?.names ?? [])
    guard labels.isEmpty else {
      throw .forbidden(
        .nodes, named,
        "node \"\(node.name)\" is not allowed to set the following labels: "
          + labels.joined(separator: ", "))
    }
  }

  func checkChange(
    of old: StoredObject, to new: JSONObject, subresource: String, by node: NodeIdentity
  ) throws(StatusError) {
    try require(old.name, is: node)
    let labels = changedLabels(old, new)
    guard labels.isEmpty else {
      throw .forbidden(
        .nodes, old.name,
        "node \"\(node.name)\" is not allowed to modify labels: " + labels.joined(separator: ", "))
    }
    // A change of the status leaves the spec as it is; an object without one takes it away.
    let keepsSpec = subresource.bytes == "status" && new["spec"] == nil
    guard keepsSpec || taints(.object(new)) == taints(old.json) else {
      throw .forbidden(
        .nodes, old.name, "node \"\(node.name)\" is not allowed to modify taints")
    }
  }

  private func require(_ named: String, is node: NodeIdentity) throws(StatusError) {
    guard !node.name.isEmpty, named.bytes == node.name.bytes else {
      throw .forbidden(
        .nodes, named, "node \"\(node.name)\" is not allowed to modify node \"\(named)\"")
    }
  }

  private func taints(_ node: JSON) -> JSON {
    node.at("spec", "taints").flatMap { $0.isNull ? nil : $0 } ?? []
  }

  /// The restricted labels that a change sets, changes or takes away.
  private func changedLabels(_ old: StoredObject, _ new: JSONObject) -> [String] {
    let before = old.json.at("metadata", "labels")?.object ?? [:]
    guard let after = new["metadata"]?["labels"]?.object else {
      // Without labels in a whole object they are taken away.
      return new["metadata"] == nil ? [] : NodeLabels.restricted(in: before.names)
    }
    let names = before.names + after.names.filter { before[$0] == nil }
    return NodeLabels.restricted(in: names.filter { before[$0] != after[$0] })
  }
}
