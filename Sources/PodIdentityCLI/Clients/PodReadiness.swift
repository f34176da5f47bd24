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
      "/api/v1/namespaces/\(namespace)/pods", query: "fieldSelector=metadata.name%3D\(name)")
    return await withTaskGroup(of: JSON?.self) { group in
      group.addTask {
        for await event in events {
          let pods: [JSON] =
            switch event {
            case .listed(let pods): pods
            case .set(let pod): [pod]
            default: []
            }
          for pod in pods where Self.isReady(pod) { return pod }
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
      "/api/v1/namespaces/\(namespace)/events?fieldSelector=involvedObject.name%3D\(name)")
    return list?["items"]?.array?.last?["message"]?.string
  }

  private static func isReady(_ pod: JSON) -> Bool {
    (pod.at("status", "conditions")?.array ?? []).contains {
      $0["type"] == "Ready" && $0["status"] == "True"
    }
  }
}
