/// Lists the names of a role's inline policies.
enum ListRolePolicies: QueryOperation {
  static let name = "ListRolePolicies"

  static func respond(to call: QueryCall) async throws(Refusal) -> QueryValue? {
    let role = try call.role(allowing: name) { $0.paging(call) }
    let (page, members) = try call.page(role.policies.map(\.name), key: \.self)
    return .structure(
      [(name: "PolicyNames", value: .list(page.map(QueryValue.text)))] + members)
  }
}
