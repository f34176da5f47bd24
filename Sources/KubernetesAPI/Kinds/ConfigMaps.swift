import JSON

extension ResourceKind {
  /// ConfigMaps.
  static let configMaps = ResourceKind(
    kind: "ConfigMap", name: "configmaps", singular: "configmap", shortNames: ["cm"],
    deletionAnswer: .status,
    types: [
      "ConfigMap": "apiVersion binaryData{} data{} immutable:bool kind metadata:ObjectMeta"
    ],
    protobuf: ProtobufMessage(fields: [
      1: ("metadata", .message(.objectMeta)), 2: ("data", .textMap), 3: ("binaryData", .bytesMap),
      4: ("immutable", .bool),
    ]),
    columns: [.name, .count("Data", "data", "binaryData"), .age], rules: ConfigMapRules(),
    nodeRules: ReferencedObjectNodeRules(access: [
      AccessRule(verbs: ["get", "list", "watch"], groups: [""], resources: ["configmaps"])
    ]))
}

/// The rules of ConfigMaps.
private struct ConfigMapRules: KindRules {
  func objections(
    _ object: JSONObject, old: JSON?, limits: ObjectLimits
  ) -> StatusError.Causes {
    DataRules(base64: ["binaryData"], sizeField: "").objections(object, old: old)
  }
}
