import AWSDoor
import PodIdentity

/// Lists roles by name, below a path.
struct ListRoles: QueryOperation {
  let name = "ListRoles"

  func respond(to call: QueryCall) async throws(Refusal) -> QueryValue? {
    let prefix = call["PathPrefix"]
    let paging = try call.paging()
    try call.check { constraints in
      constraints.text("pathPrefix", prefix, length: 1...512, pattern: .pathPrefix)
      paging(&constraints)
    }
    try call.authorize("iam:ListRoles", on: call.account.iamARN("role\(prefix ?? "/")"))
    let roles = call.store.roles(pathPrefix: prefix ?? "/")
    let (page, members) = try call.page(roles, key: \.name)
    return .structure([(name: "Roles", value: .list(page.map(\.listedMembers)))] + members)
  }
}
