import JSON
import Platform

/// What each resource does with its own members: defaults, rules, and what an update may change.
struct ObjectRules: Sendable {
  let kind: ResourceKind

  /// The members that may be missing and that the server fills in for a new object.
  func prepareForCreate(_ object: inout JSONObject) {
    switch kind.resource {
    case .namespaces:
      let name = object["metadata"]?["name"] ?? ""
      object.edit("metadata") { metadata in
        metadata.fill("labels", [:])
        metadata.edit("labels") { $0["kubernetes.io/metadata.name"] = name }
      }
      object["spec"] = ["finalizers": ["kubernetes"]]
      object["status"] = ["phase": "Active"]
    case .secrets:
      takeStringData(&object)
      if (object["type"]?.string ?? "").isEmpty { object["type"] = "Opaque" }
    case .nodes: object.fill("spec", [:])
    case .services:
      object.edit("spec") { spec in
        spec.fill("type", "ClusterIP")
        spec.fill("clusterIP", "None")
        spec.fill("sessionAffinity", "None")
        spec.editItems(of: "ports") { port in
          port.fill("protocol", "TCP")
          let number = port["port"] ?? .null
          port.fill("targetPort", number)
        }
      }
      object["status"] = ["loadBalancer": [:]]
    default: break
    }
    dropNulls(&object)
  }

  /// Keeps what a write to this part of the object does not reach.
  func prepareForUpdate(_ object: inout JSONObject, old: JSON, subresource: String) {
    if subresource == "status" {
      let status = object["status"]
      var metadata = old["metadata"]?.object ?? [:]
      // Upstream lets a status update change labels and annotations of nothing but nodes.
      if kind.resource == .nodes || kind.resource == .pods {
        for name in ["labels", "annotations"] {
          if let given = object["metadata"]?[name] { metadata[name] = given }
        }
      }
      metadata["resourceVersion"] = object["metadata"]?["resourceVersion"]
      metadata["finalizers"] = object["metadata"]?["finalizers"] ?? metadata["finalizers"]
      object = old.object ?? [:]
      object["metadata"] = .object(metadata)
      object["status"] = status
    } else if kind.hasStatus {
      object["status"] = old["status"]
    }
    switch kind.resource {
    case .namespaces:
      object["spec"] = old["spec"]
      let name = old.at("metadata", "name") ?? ""
      object.edit("metadata") { metadata in
        metadata.fill("labels", [:])
        metadata.edit("labels") { $0["kubernetes.io/metadata.name"] = name }
      }
    case .secrets:
      takeStringData(&object)
      if (object["type"]?.string ?? "").isEmpty { object["type"] = old["type"] }
    default: break
    }
    dropNulls(&object)
  }

  /// What is wrong with an object of this kind; `old` is nil for a new one.
  func objections(_ object: JSONObject, old: JSON?) -> [StatusError.Cause] {
    switch kind.resource {
    case .pods: PodRules.objections(object, old: old)
    case .configMaps, .secrets: dataObjections(object, old: old)
    default: []
    }
  }

  private func dataObjections(_ object: JSONObject, old: JSON?) -> [StatusError.Cause] {
    var causes: [StatusError.Cause] = []
    var size = 0
    for member in ["data", "binaryData"] {
      for (key, value) in object[member]?.object ?? [:] {
        let isValid =
          !key.isEmpty && key.utf8.count <= 253 && key != "." && key != ".."
          && key.utf8.allSatisfy {
            0x61...0x7A ~= $0 || 0x41...0x5A ~= $0 || 0x30...0x39 ~= $0 || $0 == 0x2D
              || $0 == 0x2E || $0 == 0x5F
          }
        if !isValid {
          causes.append(
            .invalidValue(
              "\(member)[\(key)]", "\"\(key)\"",
              "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. "
                + "'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is "
                + "'[-._a-zA-Z0-9]+')"))
        }
        let text = value.string ?? ""
        size += text.utf8.count
        if kind.resource == .secrets || member == "binaryData", Base64.decode(text) == nil {
          causes.append(.invalidValue("\(member)[\(key)]", "\"...\"", "illegal base64 data"))
        }
      }
    }
    if size > 1 << 20 {
      let limit = "may not be more than 1048576 bytes"
      causes.append(.tooLong(kind.resource == .secrets ? "data" : "", limit))
    }
    guard let old, old["immutable"] == true else { return causes }
    if object["immutable"] != true {
      causes.append(.forbidden("immutable", "field is immutable when `immutable` is set"))
    }
    if object["data"] != old["data"] || object["binaryData"] != old["binaryData"] {
      causes.append(.forbidden("data", "field is immutable when `immutable` is set"))
    }
    if let type = old["type"], object["type"] != type {
      causes.append(.invalidValue("type", object["type"]?.text() ?? "", "field is immutable"))
    }
    return causes
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

  /// Members that are null are absent.
  private func dropNulls(_ object: inout JSONObject) {
    for (name, value) in object where value.isNull { object[name] = nil }
  }
}
