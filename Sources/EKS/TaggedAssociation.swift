import AWSDoor
import JSON
import PodIdentity

/// The tag operations' resource: an association, named by its ARN in the path.
extension RESTCall {
  /// The association whose ARN the path holds, the caller being allowed the action.
  func taggedAssociation(
    _ action: String
  ) throws(Refusal) -> (association: RoleAssociation, arn: String) {
    let arn = arguments[0]
    guard arn.bytes.hasPrefix("arn:"), arn.bytes.contains(":eks:") else {
      throw EKSFailure.badTagRequest("\(arn) is not the ARN of a resource of EKS.").refusal
    }
    try authorize(action, on: arn)
    let prefix = account.eksARN("podidentityassociation/")
    let parts = Substring(arn.utf8.dropFirst(prefix.utf8.count)).bytes.split(separator: "/")
    guard arn.bytes.hasPrefix(prefix.bytes), parts.count == 2,
      let association = store.association(String(parts[1]), cluster: String(parts[0]))
    else { throw EKSFailure.noTaggedResource(arn).refusal }
    return (association, arn)
  }

  /// Replaces the tags of an association.
  func setTags(
    of association: RoleAssociation, _ change: @Sendable @escaping (inout [ResourceTag]) -> Void
  ) async throws(Refusal) {
    var preview = association.tags
    change(&preview)
    try checkTags(preview, failure: EKSFailure.badTagRequest)
    _ = try await stored(failure: serverFailure) {
      try await store.update(
        association.id, cluster: association.workload.cluster, token: nil
      ) { change(&$0.tags) }
    }
  }
}
