import JSON
import Platform
import PodIdentity

/// What happens to a new pod between its request and its validation: defaults, ServiceAccount,
/// pod identity, node.
struct PodAdmission: Sendable {
  /// Whether an account (namespace, name) has an association; asked once per pod.
  typealias AssociationLookup = @Sendable (String, String) async throws -> Bool
  /// The article's annotation, which names the role.
  // Differs from AWS: EKS knows no such annotation.
  static let roleAnnotation = "pod-identity.eks.amazonaws.com/role"

  let objects: any ClusterObjects
  let defaults: NamespaceDefaults
  let mutation: PodIdentityMutation
  /// Nil where no AWS endpoint is known.
  let isAssociated: AssociationLookup?
  let honoursAnnotation: Bool
  let clock: any WallClock
  let randomness: Randomness
  let events: EventLog

  /// Changes a pod that is to be created.
  func admit(_ object: inout JSON, namespace: String) async throws(StatusError) {
    guard var pod = object.object else { return }
    var spec = pod["spec"]?.object ?? [:]
    let accountName = ServiceAccountAdmission.settleName(in: &spec)
    pod["spec"] = .object(spec)
    PodDefaults.apply(to: &pod)
    let account = try await account(namespace, accountName, pod: .object(pod))
    spec = pod["spec"]?.object ?? [:]
    ServiceAccountAdmission.apply(account: account, to: &spec, randomness: randomness)
    pod["spec"] = .object(spec)
    if await hasPodIdentity(pod, account: account, namespace: namespace) {
      mutation.apply(to: &pod, account: account)
    }
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

  /// Whether the webhook would mutate the pod.
  ///
  /// EKS's failure policy is Ignore: where nobody can say, the pod passes as it is.
  private func hasPodIdentity(_ pod: JSONObject, account: JSON, namespace: String) async -> Bool {
    let name = account.objectName
    var event = Event(
      operation: EventOperation.podIdentityMutation,
      subject: EventSubject(
        namespace: namespace, serviceAccount: name,
        pod: pod["metadata"]?["name"]?.string ?? pod["metadata"]?["generateName"]?.string))
    defer { events.record(event) }
    if PodIdentityMutation.isSkipped(pod) {
      event.outcome = EventOutcome.skipped
      event.reason = "the pod has the label \(PodIdentityMutation.skipLabel)"
      return false
    }
    if honoursAnnotation,
      let role = account.at("metadata", "annotations", Self.roleAnnotation)?.string
    {
      event.details["role"] = .string(role)
      event.reason = "the ServiceAccount has the annotation \(Self.roleAnnotation)"
      return true
    }
    do {
      if try await isAssociated?(namespace, name) == true {
        event.reason = "the ServiceAccount has an association"
        return true
      }
      event.outcome = EventOutcome.skipped
      event.check = .association
      event.reason = "the ServiceAccount has neither an association nor the annotation"
    } catch {
      event.outcome = EventOutcome.ignored
      event.check = .association
      event.reason = "associations cannot be looked up, so the pod passes unmutated: \(error)"
    }
    return false
  }
}
