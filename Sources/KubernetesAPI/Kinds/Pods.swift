import JSON

extension ResourceKind {
  /// Pods; what admission makes of them is in `Admission/`.
  static let pods = ResourceKind(
    kind: "Pod", name: "pods", singular: "pod", shortNames: ["po"], categories: ["all"],
    hasStatus: true, deletionAnswer: .objectBeingDeleted,
    selectableFields: [
      "spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName",
      "spec.hostNetwork", "status.phase", "status.podIP", "status.nominatedNodeName",
    ],
    types: PodTypes.all, mergeKeys: PodTypes.mergeKeys,
    columns: [
      .name,
      TableColumn(name: "Ready") { pod, _ in
        let total = pod.at("spec", "containers")?.array?.count ?? 0
        let ready = (pod.at("status", "containerStatuses")?.array ?? [])
          .count { $0["ready"] == true }
        return .string("\(ready)/\(total)")
      },
      TableColumn(name: "Status") { pod, _ in
        if pod.isBeingDeleted { return "Terminating" }
        return pod.at("status", "reason") ?? pod.at("status", "phase") ?? "Unknown"
      },
      TableColumn(name: "Restarts") { pod, _ in
        let counts = (pod.at("status", "containerStatuses")?.array ?? [])
          .map { $0["restartCount"]?.integer ?? 0 }
        return .string("\(counts.reduce(0, +))")
      }, .age,
      .text("IP", "status", "podIP", priority: 1), .text("Node", "spec", "nodeName", priority: 1),
      .text("Nominated Node", "status", "nominatedNodeName", priority: 1),
      TableColumn(name: "Readiness Gates", priority: 1) { _, _ in "<none>" },
    ],
    rules: PodRules(), nodeRules: PodNodeRules())
}
