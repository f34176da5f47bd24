package import JSON
package import Platform
import PodIdentity

/// What EKS's webhook does at a pod's creation: decides whether the pod's account has pod identity, and
/// changes the pod if so.
package struct PodIdentityAdmission: Sendable {
  /// Whether an account (namespace, name) has an association; asked once per pod.
  package typealias AssociationLookup = @Sendable (String, String) async throws -> Bool
  /// The article's annotation, which names the role.
  // Differs from AWS: EKS knows no such annotation.
  package static let roleAnnotation = "pod-identity.eks.amazonaws.com/role"

  let mutation: PodIdentityMutation
  let isAssociated: AssociationLookup?
  let honoursAnnotation: Bool
  let events: EventLog

  /// An admission; `isAssociated` is nil where no AWS endpoint is known.
  package init(
    mutation: PodIdentityMutation, isAssociated: AssociationLookup?, honoursAnnotation: Bool,
    events: EventLog
  ) {
    self.mutation = mutation
    self.isAssociated = isAssociated
    self.honoursAnnotation = honoursAnnotation
    self.events = events
  }

  /// Changes a pod that is to be created by an account, where it has pod identity; what was decided,
  /// and why, becomes an event.
  package func admit(_ pod: inout JSONObject, account: JSON, namespace: String) async {
    let metadata = pod["metadata"]
    var event = Event(
      operation: EventOperation.podIdentityMutation,
      subject: EventSubject(
        namespace: namespace, serviceAccount: account.at("metadata", "name")?.string ?? "",
        pod: metadata?["name"]?.string ?? metadata?["generateName"]?.string))
    if await hasPodIdentity(pod, account: account, namespace: namespace, &event) {
      mutation.apply(to: &pod, account: account)
    }
    events.record(event)
  }

  /// Whether the webhook would mutate the pod.
  ///
  /// EKS's failure policy is Ignore: where nobody can say, the pod passes as it is.
  private func hasPodIdentity(
    _ pod: JSONObject, account: JSON, namespace: String, _ event: inout Event
  ) async -> Bool {
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
      let name = account.at("metadata", "name")?.string ?? ""
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
