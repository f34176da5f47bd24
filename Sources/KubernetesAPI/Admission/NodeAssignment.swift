import JSON
import Platform

/// What there is for a pod without a node.
enum NodeChoice: Sendable {
  case node(String)
  case noneRegistered
  /// So many nodes, each of which takes no new pods (`kubectl cordon`).
  case allCordoned(Int)

  /// Why a pod waits, as kube-scheduler says it (`pkg/scheduler/framework/types.go`, FitError).
  var reason: String? {
    switch self {
    case .node: nil
    case .noneRegistered: "no nodes available to schedule pods"
    case .allCordoned(let count):
      "0/\(count) nodes are available: \(count) node(s) were unschedulable."
    }
  }
}

/// What upstream's scheduler does, for clusters of one node: the pod gets that node.
enum NodeAssignment {
  /// Gives a pod without a node the one that is there, with the condition that says so.
  ///
  /// Without a node the pod waits, and ``NodeAssigner`` comes back to it.
  static func assign(_ pod: inout JSONObject, to choice: NodeChoice, now: Instant) {
    guard (pod["spec"]?["nodeName"]?.string ?? "").isEmpty else {
      // Whoever names a node passes the scheduler by.
      setScheduled(&pod, waitsFor: nil, now: now)
      return
    }
    if case .node(let node) = choice { pod.edit("spec") { $0["nodeName"] = .string(node) } }
    setScheduled(&pod, waitsFor: choice.reason, now: now)
  }

  private static func setScheduled(_ pod: inout JSONObject, waitsFor reason: String?, now: Instant)
  {
    var condition: JSONObject = [
      "type": "PodScheduled", "status": reason == nil ? "True" : "False", "lastProbeTime": .null,
      "lastTransitionTime": .string(now.rfc3339),
    ]
    if let reason {
      condition["reason"] = "Unschedulable"
      condition["message"] = .string(reason)
    }
    pod.fill("status", [:])
    pod.edit("status") { status in
      let others = (status["conditions"]?.array ?? []).filter { $0["type"] != "PodScheduled" }
      status["conditions"] = .array(others + [.object(condition)])
    }
  }
}
