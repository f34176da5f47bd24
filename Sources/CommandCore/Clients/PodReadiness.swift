package import JSON
package import KubernetesClient

/// Waits until a pod is Ready, which here means that its files are written.
package struct PodReadiness: Sendable {
  /// The cluster, as its administrator.
  package let kubernetes: KubernetesClient
  /// The pod's namespace.
  package let namespace: String
  /// The pod's name.
  package let name: String
  /// Whether a node that takes no new pods is waited for, which somebody may change.
  var waitsForNode = true
  /// The only node whose agent is the stack's; nil where any will do.
  package var node: String?

  /// Of a pod by its name.
  package init(
    kubernetes: KubernetesClient, namespace: String, name: String, waitsForNode: Bool = true,
    node: String? = nil
  ) {
    self.kubernetes = kubernetes
    self.namespace = namespace
    self.name = name
    self.waitsForNode = waitsForNode
    self.node = node
  }

  /// The pod once it is Ready; nil where it is not by then.
  package func wait(_ timeout: Duration) async -> JSON? {
    let events = kubernetes.watch(
      ObjectPath.core("pods", in: namespace), query: ObjectPath.selecting("metadata.name", name))
    return await TimeLimit.within(timeout) { () -> JSON? in
      for await event in events {
        let pods: [JSON] =
          switch event {
          case .listed(let pods): pods
          case .set(let pod): [pod]
          default: []
          }
        for pod in pods {
          if ObjectState.isReady(pod) { return pod }
          if elsewhere(pod) != nil || !waitsForNode && Self.isKeptFromNodes(pod) { return nil }
        }
      }
      return nil
    } ?? nil
  }

  /// The node of a pod that is on none of the stack's.
  private func elsewhere(_ pod: JSON) -> String? {
    guard let node, let found = pod.at("spec", "nodeName")?.string, !found.isEmpty,
      found.bytes != node.bytes
    else { return nil }
    return found
  }

  private static func isKeptFromNodes(_ pod: JSON) -> Bool {
    waitingReason(pod).map { $0.bytes.hasPrefix("0/") } ?? false
  }

  /// Why no node took the pod.
  private static func waitingReason(_ pod: JSON) -> String? {
    let conditions = pod.at("status", "conditions")?.array ?? []
    let waits = conditions.first { $0["type"] == "PodScheduled" && $0["status"] == "False" }
    return waits?["message"]?.string
  }

  /// Why it is not Ready: what keeps it from a node, or what the node said last.
  package func reason() async -> String? {
    let pod = try? await kubernetes.get(ObjectPath.core("pods", in: namespace, name))
    if let node, let other = pod.flatMap(elsewhere) {
      return "it is on node \(other), and this stack's node, which writes files, is \(node)"
    }
    if let text = pod.flatMap(Self.waitingReason) {
      return "\(text); podid status tells which node takes no pods, or runs not at all"
    }
    let list = try? await kubernetes.get(
      ObjectPath.core("events", in: namespace) + "?"
        + ObjectPath.selecting("involvedObject.name", name))
    return list?["items"]?.array?.last?["message"]?.string
  }
}
