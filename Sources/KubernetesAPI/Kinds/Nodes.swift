import JSON

extension ResourceKind {
  /// Nodes.
  static let nodes = ResourceKind(
    kind: "Node", name: "nodes", singular: "node", shortNames: ["no"], isNamespaced: false,
    hasStatus: true, deletionAnswer: .status, selectableFields: ["spec.unschedulable"],
    types: [
      "Node": "apiVersion kind metadata:ObjectMeta spec:NodeSpec status:NodeStatus",
      "NodeSpec": """
      configSource:any externalID podCIDR podCIDRs[] providerID taints[]:any unschedulable:bool
      """,
      "NodeStatus": """
      addresses[]:any allocatable{}:quantity capacity{}:quantity conditions[]:any config:any \
      daemonEndpoints:any declaredFeatures[] features:any images[]:any nodeInfo:any phase \
      runtimeHandlers[]:any volumesAttached[]:any volumesInUse[]
      """,
    ],
    mergeKeys: ["status.conditions": "type", "status.addresses": "type"],
    mergedSets: ["spec.podCIDRs"],
    columns: [
      .name, TableColumn(name: "Status") { node, _ in .string(status(of: node)) },
      TableColumn(name: "Roles") { _, _ in "<none>" }, .age,
      .text("Version", "status", "nodeInfo", "kubeletVersion"),
    ],
    rules: NodeObjectRules(), nodeRules: NodeNodeRules())

  private static func status(of node: JSON) -> String {
    let ready = (node.at("status", "conditions")?.array ?? []).first { $0["type"] == "Ready" }
    var status =
      switch ready?["status"]?.string?.bytes {
      case "True": "Ready"
      case nil: "Unknown"
      default: "NotReady"
      }
    if node.at("spec", "unschedulable") == true { status += ",SchedulingDisabled" }
    return status
  }
}

/// The rules of nodes.
private struct NodeObjectRules: KindRules {
  func prepareForCreate(_ object: inout JSONObject) { object.fill("spec", [:]) }
}
