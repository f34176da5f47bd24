import CommandCore
import JSON
import KubernetesClient

/// The pod whose environment `podid env` prints.
struct EnvPod {
  let account: AccountName
  let name: String

  private var path: String { ObjectPath.core("pods", in: account.namespace, name) }

  /// Removes the pod, unless somebody else made it.
  func delete(_ kubernetes: KubernetesClient) async throws {
    let pod = try await kubernetes.get(path)
    let maker = pod.at("metadata", "labels", "app.kubernetes.io/managed-by")?.string
    guard maker?.bytes == "podid" else {
      throw CommandFailure(
        "pod \(account.namespace)/\(name) is none that podid made, so it is left alone")
    }
    _ = try await kubernetes.delete(path)
  }
}
