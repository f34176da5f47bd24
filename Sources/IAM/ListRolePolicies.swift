import AWSDoor

/// Lists the names of a role's inline policies.
struct ListRolePolicies: QueryOperation {
  let name = "ListRolePolicies"

  func respond(to call: QueryCall) async throws(Refusal) -> QueryValue? {
    let role = try call.role(allowing: name, call.paging())
    let (page, members) = try call.page(role.policies.map(\.name), key: \.self)
    return .structure(
      [(name: "PolicyNames", value: .list(page.map(QueryValue.text)))] + members)
  }
}
