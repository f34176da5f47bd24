import JSON

extension ResourceKind {
  /// Leases: leader election and heartbeats of nodes (kubernetes/api `coordination/v1/types.go`).
  static let leases = ResourceKind(
    group: "coordination.k8s.io", kind: "Lease", name: "leases", singular: "lease",
    deletionAnswer: .status,
    types: [
      "Lease": "apiVersion kind metadata:ObjectMeta spec:LeaseSpec",
      "LeaseSpec": """
      acquireTime holderIdentity leaseDurationSeconds:int32 leaseTransitions:int32 \
      preferredHolder renewTime strategy
      """,
    ],
    protobuf: .object(
      spec: ProtobufMessage(fields: [
        1: ("holderIdentity", .optionalText), 2: ("leaseDurationSeconds", .optionalInteger),
        3: ("acquireTime", .microTime), 4: ("renewTime", .microTime),
        5: ("leaseTransitions", .optionalInteger), 6: ("strategy", .text),
        7: ("preferredHolder", .text),
      ]), status: nil),
    columns: [.name, .text("Holder", "spec", "holderIdentity"), .age], rules: LeaseRules(),
    nodeRules: LeaseNodeRules())
}

/// The rules of Leases (kubernetes/kubernetes `pkg/apis/coordination/validation`).
private struct LeaseRules: KindRules {
  func prepareForCreate(_ object: inout JSONObject) { dropStrategy(&object) }
  func prepareForUpdate(_ object: inout JSONObject, old: JSON) { dropStrategy(&object) }

  func objections(
    _ object: JSONObject, old: JSON?, limits: ObjectLimits
  ) -> StatusError.Causes {
    var causes: StatusError.Causes = []
    for (member, least, rule) in [
      ("leaseDurationSeconds", Int64(1), "must be greater than 0"),
      ("leaseTransitions", 0, "must be greater than or equal to 0"),
    ] {
      guard let number = object["spec"]?[member]?.integer, number < least else { continue }
      causes.append(.invalidValue("spec.\(member)", "\(number)", rule))
    }
    return causes
  }

  /// Upstream's feature CoordinatedLeaderElection, which is off unless it is asked for.
  private func dropStrategy(_ object: inout JSONObject) {
    object.edit("spec") { spec in
      spec["strategy"] = nil
      spec["preferredHolder"] = nil
    }
  }
}

/// A node has the one Lease of its name in `kube-node-lease`.
private struct LeaseNodeRules: NodeRules {
  let access = [
    AccessRule(
      verbs: ["get", "create", "update", "patch", "delete"], groups: ["coordination.k8s.io"],
      resources: ["leases"])
  ]

  func objection(
    of node: NodeIdentity, toReading access: ResourceAccess, name: String, fields: FieldSelector?,
    objects: some ClusterObjects
  ) async -> String? { objection(of: node, to: name, in: access.namespace) }

  func checkCreation(
    of object: JSONObject, in namespace: String, by node: NodeIdentity
  ) throws(StatusError) {
    try check(object["metadata"]?["name"]?.string ?? "", in: namespace, by: node)
  }

  func checkChange(
    of old: StoredObject, to new: JSONObject, subresource: String, by node: NodeIdentity
  ) throws(StatusError) { try check(old.name, in: old.namespace, by: node) }

  func checkDeletion(of object: StoredObject, by node: NodeIdentity) throws(StatusError) {
    try check(object.name, in: object.namespace, by: node)
  }

  private func check(
    _ name: String, in namespace: String, by node: NodeIdentity
  ) throws(StatusError) {
    guard let reason = objection(of: node, to: name, in: namespace) else { return }
    throw .forbidden(.leases, name, reason)
  }

  private func objection(
    of node: NodeIdentity, to name: String, in namespace: String
  ) -> String? {
    guard namespace.bytes == "kube-node-lease" else {
      return "can only access leases in the \"kube-node-lease\" system namespace"
    }
    return name.bytes == node.name.bytes && !name.isEmpty
      ? nil : "can only access node lease with the same name as the requesting node"
  }
}
