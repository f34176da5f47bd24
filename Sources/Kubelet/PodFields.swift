package import JSON

/// The fields of a pod that its volumes and environment may name.
package enum PodFields {
  /// The value of a field path such as `metadata.name` or `metadata.labels['app']`.
  package static func value(_ path: String, of pod: JSON) -> String? {
    let metadata = pod["metadata"]
    switch path.bytes {
    case "metadata.name": return metadata?["name"]?.string
    case "metadata.namespace": return metadata?["namespace"]?.string
    case "metadata.uid": return metadata?["uid"]?.string
    case "metadata.labels", "metadata.annotations":
      let map = metadata?[String(path.dropFirst(9))]?.object ?? [:]
      // A line each, the value quoted, as the kubelet formats a map.
      return map.sorted().map { "\($0.0)=\(JSON.string($0.1.string ?? "").text())" }
        .joined(separator: "\n")
    case "spec.serviceAccountName": return pod.at("spec", "serviceAccountName")?.string
    case "spec.nodeName": return pod.at("spec", "nodeName")?.string
    case "status.podIP", "status.hostIP":
      return pod.at("status", String(path.dropFirst(7)))?.string ?? ""
    default: break
    }
    for map in ["labels", "annotations"] {
      let start = "metadata.\(map)['"
      if path.bytes.hasPrefix(start.bytes), path.bytes.hasSuffix("']") {
        let key = String(Substring(path.utf8.dropFirst(start.utf8.count).dropLast(2)))
        return metadata?.at(map, key)?.string ?? ""
      }
    }
    return nil
  }
}
