import JSON

/// The members that the API server fills in when a pod leaves them out.
enum PodDefaults {
  /// Fills in pod, containers, volumes and status.
  static func apply(to pod: inout JSONObject) {
    var spec = pod["spec"]?.object ?? [:]
    pod["spec"] = nil
    for list in ["initContainers", "containers"] {
      spec.editItems(of: list) { container in applyToContainer(&container) }
    }
    spec.editItems(of: "volumes") { volume in applyToVolume(&volume) }
    spec.fill("restartPolicy", "Always")
    spec.fill("terminationGracePeriodSeconds", 30)
    spec.fill("dnsPolicy", "ClusterFirst")
    spec.fill("securityContext", [:])
    spec.fill("schedulerName", "default-scheduler")
    addTolerations(to: &spec)
    let className = spec["priorityClassName"]?.string
    spec.fill("priority", .integer(priority(of: className)))
    spec.fill("enableServiceLinks", true)
    spec.fill("preemptionPolicy", "PreemptLowerPriority")
    let quality = PodQuality.of(spec)
    pod["spec"] = .object(spec)
    pod["status"] = ["phase": "Pending", "qosClass": .string(quality)]
  }

  private static func applyToContainer(_ container: inout JSONObject) {
    container.editItems(of: "ports") { $0.fill("protocol", "TCP") }
    container.editItems(of: "env") { variable in
      variable.edit("valueFrom") { $0.edit("fieldRef") { $0.fill("apiVersion", "v1") } }
    }
    container.fill("resources", [:])
    container.edit("resources") { resources in
      // Requests that are left out follow the limits.
      guard let limits = resources["limits"]?.object, !limits.isEmpty else { return }
      var requests = resources["requests"]?.object ?? [:]
      for (name, amount) in limits { requests.fill(name, amount) }
      resources["requests"] = .object(requests)
    }
    for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
      container.edit(probe) { probe in
        probe.fill("timeoutSeconds", 1)
        probe.fill("periodSeconds", 10)
        probe.fill("successThreshold", 1)
        probe.fill("failureThreshold", 3)
        probe.edit("httpGet") {
          $0.fill("path", "/")
          $0.fill("scheme", "HTTP")
        }
      }
    }
    container.fill("terminationMessagePath", "/dev/termination-log")
    container.fill("terminationMessagePolicy", "File")
    let image = container["image"]?.string ?? ""
    container.fill("imagePullPolicy", isLatest(image) ? "Always" : "IfNotPresent")
  }

  /// Fills in a volume; also one that a mutation has just added.
  static func applyToVolume(_ volume: inout JSONObject) {
    if volume.count == 1, volume["name"] != nil { volume["emptyDir"] = [:] }
    for source in ["projected", "configMap", "secret", "downwardAPI"] {
      volume.edit(source) { $0.fill("defaultMode", 420) }
    }
    volume.edit("downwardAPI") { fillFieldRefs(of: &$0) }
    volume.edit("hostPath") { $0.fill("type", "") }
    volume.edit("projected") { projected in
      projected.editItems(of: "sources") { source in
        source.edit("serviceAccountToken") { $0.fill("expirationSeconds", 3600) }
        source.edit("downwardAPI") { fillFieldRefs(of: &$0) }
      }
    }
  }

  private static func fillFieldRefs(of downwardAPI: inout JSONObject) {
    downwardAPI.editItems(of: "items") { item in
      item.edit("fieldRef") { $0.fill("apiVersion", "v1") }
    }
  }

  /// Whether an image has the tag `latest`, or none and no digest.
  private static func isLatest(_ image: String) -> Bool {
    guard !image.bytes.contains("@") else { return false }
    let last = image.bytes.split(separator: "/").last ?? ""
    guard case (_, let tag?) = last.bytes.cut(at: ":") else { return true }
    return tag.bytes == "latest"
  }

  private static func priority(of className: String?) -> Int64 {
    switch className?.bytes {
    case "system-node-critical": 2_000_001_000
    case "system-cluster-critical": 2_000_000_000
    default: 0
    }
  }

  private static func addTolerations(to spec: inout JSONObject) {
    var tolerations = spec["tolerations"]?.array ?? []
    for key in ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"] {
      let isTolerated = tolerations.contains { toleration in
        let effect = toleration["effect"]?.string ?? ""
        let tolerated = toleration["key"]?.string ?? ""
        return ["", "NoExecute"].contains(effect.bytes) && ["", key].contains(tolerated.bytes)
      }
      guard !isTolerated else { continue }
      tolerations.append([
        "key": .string(key), "operator": "Exists", "effect": "NoExecute",
        "tolerationSeconds": 300,
      ])
    }
    spec["tolerations"] = .array(tolerations)
  }
}
