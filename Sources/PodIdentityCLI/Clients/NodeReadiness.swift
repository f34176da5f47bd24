import JSON
import KubernetesClient

/// Waits until the stack's node is Ready, which it is a moment after its servers are.
struct NodeReadiness: Sendable {
  let kubernetes: KubernetesClient
  let node: String

  /// Whether it is Ready now.
  func isReady() async throws(KubernetesError) -> Bool {
    ObjectState.isReady(try await kubernetes.get(ObjectPath.core("nodes", node)))
  }

  /// Returns once it is, or after a time; what is wrong then is `podid status`'s to tell.
  func wait(_ timeout: Duration = .seconds(5)) async {
    let deadline = ContinuousClock.now + timeout
    while ContinuousClock.now < deadline, !Task.isCancelled {
      if (try? await isReady()) == true { return }
      try? await Task.sleep(for: .milliseconds(5))
    }
  }
}
