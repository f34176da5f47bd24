import JSON
import Platform

/// What upstream's scheduler does, for clusters of one node: the pod gets that node.
enum NodeAssignment {
  /// Gives a pod without a node the one that is there, with the condition that says so.
  ///
  /// Without a node the pod waits, and ``NodeAssigner`` comes back to it.
  static func assign(_ pod: inout JSONObject, to node: String?, now: Instant) {
    guard (pod["spec"]?["nodeName"]?.string ?? "").isEmpty else {
      // Whoever names a node passes the scheduler by.
      setScheduled(&pod, isScheduled: true, now: now)
      return
    }
    if let node { pod.edit("spec") { $0["nodeName"] = .string(node) } }
    setScheduled(&pod, isScheduled: node != nil, now: now)
  }

  private static func setScheduled(_ pod: inout JSONObject, isScheduled: Bool, now: Instant) {
    var condition: JSONObject = [
      "type": "PodScheduled", "status": isScheduled ? "True" : "False", "lastProbeTime": .null,
      "lastTransitionTime": .string(now.rfc3339),
    ]
    if !isScheduled {
      condition["reason"] = "Unschedulable"
      condition["message"] = "no nodes available to schedule pods"
    }
    pod.fill("status", [:])
    pod.edit("status") { status in
      let others = (status["conditions"]?.array ?? []).filter { $0["type"] != "PodScheduled" }
      status["conditions"] = .array(others + [.object(condition)])
    }
  }
}
