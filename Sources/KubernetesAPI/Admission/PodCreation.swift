import JSON
import Platform
import PodAdmission

/// What happens to a new pod between its request and its validation: defaults, ServiceAccount,
/// pod identity, node.
struct PodCreation: Sendable {
  let objects: any ClusterObjects
  let defaults: NamespaceDefaults
  let identity: PodIdentityAdmission
  let clock: any WallClock
  let randomness: Randomness

  // Differs from AWS: a cluster takes what etcd's 1.5 MiB hold.
  /// How many containers and volumes a pod may have: what admission adds to each is many times its size.
  static let partLimit = 500

  /// Changes a pod that is to be created.
  func admit(_ object: inout JSON, namespace: String) async throws(StatusError) {
    guard var pod = object.object else { return }
    var spec = pod["spec"]?.object ?? [:]
    let parts = ["containers", "initContainers", "volumes"].reduce(0) {
      $0 + (spec[$1]?.array?.count ?? 0)
    }
    guard parts <= Self.partLimit else {
      throw StatusError(
        413, "RequestEntityTooLarge",
        "a pod has at most \(Self.partLimit) containers and volumes here, not \(parts)")
    }
    let accountName = ServiceAccountAdmission.settleName(in: &spec)
    pod["spec"] = .object(spec)
    PodDefaults.apply(to: &pod)
    let account = try await account(namespace, accountName, pod: .object(pod))
    spec = pod["spec"]?.object ?? [:]
    ServiceAccountAdmission.apply(account: account, to: &spec, randomness: randomness)
    pod["spec"] = .object(spec)
    await identity.admit(&pod, account: account, namespace: namespace)
    NodeAssignment.assign(&pod, to: await NodeAssigner.choice(in: objects), now: clock.now)
    object = .object(pod)
  }

  private func account(
    _ namespace: String, _ name: String, pod: JSON
  ) async throws(StatusError) -> JSON {
    if let account = await objects.object(.serviceAccounts, namespace: namespace, name: name) {
      return account
    }
    // A namespace may be so new that its defaults are still on their way.
    if name.bytes == NamespaceDefaults.accountName.bytes {
      await defaults.ensure(inNamespace: namespace)
      if let account = await objects.object(.serviceAccounts, namespace: namespace, name: name) {
        return account
      }
    }
    throw .forbidden(
      .pods, pod.objectName,
      "error looking up service account \(namespace)/\(name): "
        + "serviceaccount \"\(name)\" not found")
  }
}
