import AWSDoor
import HTTP
import JSON
import PodIdentity

/// Lists a cluster's associations in the order of namespace and ServiceAccount.
struct ListPodIdentityAssociations: RESTOperation {
  let name = "ListPodIdentityAssociations"
  let method = "GET"
  let path = "/clusters/{name}/pod-identity-associations"
  let clusters: [Cluster]

  func respond(to call: RESTCall) async throws(Refusal) -> JSON {
    let account = call.account
    try call.authorize(name.action, on: account.clusterARN(call.arguments[0]))
    let cluster = try call.cluster(among: clusters)
    let query = call.query
    let page = try Page(call)
    let associations = call.store.associations(in: cluster.name)
      .filter { association in
        let workload = association.workload
        return (query["namespace"].map { $0.bytes == workload.namespace.bytes } ?? true)
          && (query["serviceAccount"].map { $0.bytes == workload.serviceAccount.bytes } ?? true)
      }
      .sorted { Self.key($0).bytes < Self.key($1).bytes }
    let (items, next) = page.cut(associations, id: Self.key) { Self.key($0).bytes > $1.bytes }
    var answer: JSONObject = ["associations": .array(items.map { $0.summary(in: account) })]
    answer["nextToken"] = next.map(JSON.string)
    return .object(answer)
  }

  private static func key(_ association: RoleAssociation) -> String {
    "\(association.workload.namespace)/\(association.workload.serviceAccount)"
  }
}
