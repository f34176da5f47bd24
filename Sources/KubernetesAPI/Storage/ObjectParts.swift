import JSON

extension JSONObject {
  /// Keeps the parts of an object that a write to the object itself or to a subresource does not
  /// reach.
  mutating func keepParts(of old: StoredObject, subresource: String) {
    let kind = old.kind
    guard subresource.bytes == "status" else {
      if kind.hasStatus { self["status"] = old.json["status"] }
      return
    }
    let status = self["status"]
    var metadata = old.json["metadata"]?.object ?? [:]
    // Upstream lets a status update change labels and annotations of nothing but nodes.
    if kind == .nodes || kind == .pods {
      for name in ["labels", "annotations"] {
        if let given = self["metadata"]?[name] { metadata[name] = given }
      }
    }
    metadata["resourceVersion"] = self["metadata"]?["resourceVersion"]
    metadata["finalizers"] = self["metadata"]?["finalizers"] ?? metadata["finalizers"]
    self = old.json.object ?? [:]
    self["metadata"] = .object(metadata)
    self["status"] = status
  }
}
