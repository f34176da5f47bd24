/// Lists roles by name, below a path.
enum ListRoles: QueryOperation {
  static let name = "ListRoles"

  static func respond(to call: QueryCall) async throws(Refusal) -> QueryValue? {
    let prefix = call["PathPrefix"]
    try call.check { constraints in
      constraints.text("pathPrefix", prefix, length: 1...512, pattern: .pathPrefix)
      constraints.paging(call)
    }
    try call.authorize("iam:ListRoles", on: call.context.account.iamARN("role\(prefix ?? "/")"))
    let roles = call.context.store.roles(pathPrefix: prefix ?? "/")
    let (page, members) = try call.page(roles, key: \.name)
    return .structure([(name: "Roles", value: .list(page.map(\.listedMembers)))] + members)
  }
}
