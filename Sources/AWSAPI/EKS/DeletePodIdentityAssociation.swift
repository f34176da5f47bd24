import JSON

/// Deletes an association and shows what it was.
enum DeletePodIdentityAssociation: RESTOperation {
  static let name = "DeletePodIdentityAssociation"
  static let method = "DELETE"
  static let path = "/clusters/{name}/pod-identity-associations/{associationId}"

  static func respond(to call: RESTCall) async throws(Refusal) -> JSON {
    let cluster = try call.cluster()
    let id = try call.associationID()
    try call.authorize(name.action, on: call.associationARN(id, cluster: cluster))
    let deleted = try await call.stored(failure: call.serverFailure) {
      try await call.context.store.deleteAssociation(id, cluster: cluster.name)
    }
    guard let deleted else { throw EKSFailure.noAssociation(id, cluster: cluster.name).refusal }
    return deleted.answer(in: call.context.account)
  }
}
