import JSON

/// The quality-of-service class of a pod, judged by its containers' CPU and memory.
enum PodQuality {
  /// `Guaranteed`, `Burstable` or `BestEffort`.
  static func of(_ spec: JSONObject) -> String {
    let containers =
      (spec["initContainers"]?.array ?? []) + (spec["containers"]?.array ?? [])
    var isGuaranteed = true
    var isBestEffort = true
    for container in containers {
      for resource in ["cpu", "memory"] {
        let limit = container.at("resources", "limits", resource)
        let request = container.at("resources", "requests", resource)
        if limit != nil || request != nil { isBestEffort = false }
        if limit == nil || limit != request { isGuaranteed = false }
      }
    }
    if isBestEffort { return "BestEffort" }
    return isGuaranteed ? "Guaranteed" : "Burstable"
  }
}
