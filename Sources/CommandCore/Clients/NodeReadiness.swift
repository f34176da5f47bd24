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
    let deadline = ContinuousClock.now + timeout
    while ContinuousClock.now < deadline, !Task.isCancelled {
      if (try? await isReady()) == true { return }
      try? await Task.sleep(for: .milliseconds(5))
    }
  }
}
