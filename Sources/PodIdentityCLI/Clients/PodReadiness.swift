import JSON
import KubernetesClient

/// Waits until a pod is Ready, which here means that its files are written.
struct PodReadiness: Sendable {
  let kubernetes: KubernetesClient
  let namespace: String
  let name: String

  /// The pod once it is Ready; nil where it is not by then.
  func wait(_ timeout: Duration) async -> JSON? {
    let deadline = ContinuousClock.now + timeout
    let events = kubernetes.watch(
      ObjectPath.core("pods", in: namespace), query: ObjectPath.selecting("metadata.name", name))
    return await withTaskGroup(of: JSON?.self) { group in
      group.addTask {
        for await event in events {
          let pods: [JSON] =
            switch event {
            case .listed(let pods): pods
            case .set(let pod): [pod]
            default: []
            }
          for pod in pods where ObjectState.isReady(pod) { return pod }
        }
        return nil
      }
      group.addTask {
        try? await Task.sleep(until: deadline, clock: .continuous)
        return nil
      }
      let first = await group.next() ?? nil
      group.cancelAll()
      return first
    }
  }

  /// Why it is not Ready: what the node said last.
  func reason() async -> String? {
    let list = try? await kubernetes.get(
      ObjectPath.core("events", in: namespace) + "?"
        + ObjectPath.selecting("involvedObject.name", name))
    return list?["items"]?.array?.last?["message"]?.string
  }
}
