import AWSDoor
import JSON

/// Deletes an association and shows what it was.
struct DeletePodIdentityAssociation: RESTOperation {
  let name = "DeletePodIdentityAssociation"
  let method = "DELETE"
  let path = "/clusters/{name}/pod-identity-associations/{associationId}"
  let clusters: [Cluster]

  func respond(to call: RESTCall) async throws(Refusal) -> JSON {
    let cluster = try call.cluster(among: clusters)
    let id = try call.associationID()
    try call.authorize(name.action, on: call.associationARN(id, cluster: cluster))
    let deleted = try await call.stored(failure: call.serverFailure) {
      try await call.store.deleteAssociation(id, cluster: cluster.name)
    }
    guard let deleted else { throw EKSFailure.noAssociation(id, cluster: cluster.name).refusal }
    return deleted.answer(in: call.account)
  }
}
