import JSON
import Platform

extension ResourceKind {
  /// Secrets.
  static let secrets = ResourceKind(
    kind: "Secret", name: "secrets", singular: "secret", deletionAnswer: .status,
    selectableFields: ["type"],
    types: [
      "Secret": "apiVersion data{} immutable:bool kind metadata:ObjectMeta stringData{} type"
    ],
    protobuf: ProtobufMessage(fields: [
      1: ("metadata", .message(.objectMeta)), 2: ("data", .bytesMap), 3: ("type", .text),
      4: ("stringData", .textMap), 5: ("immutable", .bool),
    ]),
    columns: [.name, .text("Type", "type"), .count("Data", "data"), .age],
    rules: SecretRules(),
    nodeRules: ReferencedObjectNodeRules(access: [
      AccessRule(verbs: ["get"], groups: [""], resources: ["secrets"])
    ]))
}

/// The rules of Secrets.
private struct SecretRules: KindRules {
  func prepareForCreate(_ object: inout JSONObject) {
    takeStringData(&object)
    if (object["type"]?.string ?? "").isEmpty { object["type"] = "Opaque" }
  }

  func prepareForUpdate(_ object: inout JSONObject, old: JSON) {
    takeStringData(&object)
    if (object["type"]?.string ?? "").isEmpty { object["type"] = old["type"] }
  }

  func objections(
    _ object: JSONObject, old: JSON?, limits: ObjectLimits
  ) -> StatusError.Causes {
    DataRules(base64: ["data", "binaryData"], sizeField: "data").objections(object, old: old)
  }

  /// `stringData` is written and never read back.
  private func takeStringData(_ object: inout JSONObject) {
    guard let texts = object["stringData"]?.object else { return }
    object["stringData"] = nil
    object.fill("data", [:])
    object.edit("data") { data in
      for (key, value) in texts {
        data[key] = .string(Base64.encode(Array((value.string ?? "").utf8)))
      }
    }
  }
}
