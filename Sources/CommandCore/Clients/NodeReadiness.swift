import JSON
package import KubernetesClient

/// Waits until the stack's node is Ready, which it is a moment after its servers are.
package struct NodeReadiness: Sendable {
  /// The cluster, as its administrator.
  package let kubernetes: KubernetesClient
  /// The name of the Node object.
  package let node: String

  /// Of a node of this cluster.
  package init(kubernetes: KubernetesClient, node: String) {
    self.kubernetes = kubernetes
    self.node = node
  }

  /// Whether it is Ready now.
  package func isReady() async throws(KubernetesError) -> Bool {
    ObjectState.isReady(try await kubernetes.get(ObjectPath.core("nodes", node)))
  }

  /// What keeps it from running pods, with the command that changes it; nil where nothing does.
  package func problem() async throws(KubernetesError) -> (text: String, mend: MendCommand?)? {
    let found = try await kubernetes.get(ObjectPath.core("nodes", node))
    guard ObjectState.isReady(found) else { return ("not Ready", nil) }
    guard found.at("spec", "unschedulable") == true else { return nil }
    return ("it takes no new pods (cordoned)", .kubectl("uncordon \(Mend.word(node))"))
  }

  /// Returns once it is, or after a time; what is wrong then is `podid status`'s to tell.
  package func wait(_ timeout: Duration = .seconds(5)) async {
    let events = kubernetes.watch(
      ObjectPath.core("nodes"), query: ObjectPath.selecting("metadata.name", node))
    await TimeLimit.within(timeout) {
      for await event in events {
        switch event {
        case .listed(let nodes): if nodes.contains(where: ObjectState.isReady) { return }
        case .set(let node): if ObjectState.isReady(node) { return }
        case .removed, .failed: break
        }
      }
    }
  }
}
