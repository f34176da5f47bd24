import HTTP
import JSON

/// Lists a cluster's associations in the order of namespace and ServiceAccount.
enum ListPodIdentityAssociations: RESTOperation {
  static let name = "ListPodIdentityAssociations"
  static let method = "GET"
  static let path = "/clusters/{name}/pod-identity-associations"

  static func respond(to call: RESTCall) async throws(Refusal) -> JSON {
    let account = call.context.account
    try call.authorize(name.action, on: account.clusterARN(call.arguments[0]))
    let cluster = try call.cluster()
    let query = call.query
    let page = try Page(query)
    let associations = call.context.store.associations(in: cluster.name)
      .filter { association in
        (query["namespace"].map { $0 == association.workload.namespace } ?? true)
          && (query["serviceAccount"].map { $0 == association.workload.serviceAccount } ?? true)
      }
      .sorted { key($0) < key($1) }
    let (items, next) = page.cut(associations, id: key) { key($0) > $1 }
    var answer: JSONObject = ["associations": .array(items.map { $0.summary(in: account) })]
    answer["nextToken"] = next.map(JSON.string)
    return .object(answer)
  }

  private static func key(_ association: RoleAssociation) -> String {
    "\(association.workload.namespace)/\(association.workload.serviceAccount)"
  }
}
