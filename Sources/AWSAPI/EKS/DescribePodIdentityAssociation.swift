import JSON

/// Shows an association.
enum DescribePodIdentityAssociation: RESTOperation {
  static let name = "DescribePodIdentityAssociation"
  static let method = "GET"
  static let path = "/clusters/{name}/pod-identity-associations/{associationId}"

  static func respond(to call: RESTCall) async throws(Refusal) -> JSON {
    let cluster = try call.cluster()
    let id = try call.associationID()
    try call.authorize(name.action, on: call.associationARN(id, cluster: cluster))
    guard let association = call.context.store.association(id, cluster: cluster.name) else {
      throw EKSFailure.noAssociation(id, cluster: cluster.name).refusal
    }
    return association.answer(in: call.context.account)
  }
}
