import JSON

extension ResourceKind {
  /// ServiceAccounts, with their subresource `token`.
  static let serviceAccounts = ResourceKind(
    kind: "ServiceAccount", name: "serviceaccounts", singular: "serviceaccount",
    shortNames: ["sa"], subresources: [.token],
    types: [
      "ServiceAccount": """
      apiVersion automountServiceAccountToken:bool imagePullSecrets[]:LocalObjectReference kind \
      metadata:ObjectMeta secrets[]:ObjectReference
      """
    ],
    mergeKeys: ["secrets": "name"],
    protobuf: ProtobufMessage(fields: [
      1: ("metadata", .message(.objectMeta)), 2: ("secrets", .messages(.objectReference)),
      3: ("imagePullSecrets", .messages(.localObjectReference)),
      4: ("automountServiceAccountToken", .bool),
    ]),
    columns: [.name, .count("Secrets", "secrets"), .age],
    nodeRules: ReferencedObjectNodeRules(access: [
      AccessRule(verbs: ["get"], groups: [""], resources: ["serviceaccounts"]),
      AccessRule(verbs: ["create"], groups: [""], resources: ["serviceaccounts/token"]),
    ]))
}
