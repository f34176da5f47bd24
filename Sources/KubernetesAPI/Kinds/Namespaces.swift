import JSON

extension ResourceKind {
  /// Namespaces; their deletion is in `Storage/Cluster+Namespaces.swift`.
  static let namespaces = ResourceKind(
    kind: "Namespace", name: "namespaces", singular: "namespace", shortNames: ["ns"],
    isNamespaced: false, hasStatus: true, subresources: [.finalize], deletesCollections: false,
    selectableFields: ["status.phase"], nameRule: .label,
    types: [
      "Namespace": """
      apiVersion kind metadata:ObjectMeta spec:NamespaceSpec status:NamespaceStatus
      """,
      "NamespaceSpec": "finalizers[]",
      "NamespaceStatus": "conditions[]:any phase",
    ],
    mergeKeys: ["status.conditions": "type"],
    protobuf: .object(
      spec: ProtobufMessage(fields: [1: ("finalizers", .strings)]),
      status: ProtobufMessage(fields: [
        1: ("phase", .text),
        2: (
          "conditions",
          .messages(
            ProtobufMessage(fields: [
              1: ("type", .text), 2: ("status", .text), 4: ("lastTransitionTime", .time),
              5: ("reason", .text), 6: ("message", .text),
            ]))
        ),
      ])),
    columns: [.name, .text("Status", "status", "phase"), .age], rules: NamespaceRules(),
    nodeRules: NamespaceNodeRules())
}

/// The rules of namespaces.
private struct NamespaceRules: KindRules {
  func prepareForCreate(_ object: inout JSONObject) {
    label(&object, name: object["metadata"]?["name"] ?? "")
    object["spec"] = ["finalizers": ["kubernetes"]]
    object["status"] = ["phase": "Active"]
  }

  func prepareForUpdate(_ object: inout JSONObject, old: JSON) {
    object["spec"] = old["spec"]
    label(&object, name: old.at("metadata", "name") ?? "")
  }

  /// Every namespace has its name as a label.
  private func label(_ object: inout JSONObject, name: JSON) {
    object.edit("metadata") { metadata in
      metadata.fill("labels", [:])
      metadata.edit("labels") { $0["kubernetes.io/metadata.name"] = name }
    }
  }
}

/// A node reads any of them by its name.
private struct NamespaceNodeRules: NodeRules {
  let access = [AccessRule(verbs: ["get"], groups: [""], resources: ["namespaces"])]
}
