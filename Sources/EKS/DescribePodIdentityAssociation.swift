import AWSDoor
import JSON

/// Shows an association.
struct DescribePodIdentityAssociation: RESTOperation {
  let name = "DescribePodIdentityAssociation"
  let method = "GET"
  let path = "/clusters/{name}/pod-identity-associations/{associationId}"
  let clusters: [Cluster]

  func respond(to call: RESTCall) async throws(Refusal) -> JSON {
    let cluster = try call.cluster(among: clusters)
    let id = try call.associationID()
    try call.authorize(name.action, on: call.associationARN(id, cluster: cluster))
    guard let association = call.store.association(id, cluster: cluster.name) else {
      throw EKSFailure.noAssociation(id, cluster: cluster.name).refusal
    }
    return association.answer(in: call.account)
  }
}
