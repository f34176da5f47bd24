import AWSDoor

/// Lists a role's managed policies: none, for managed policies are not kept here yet.
struct ListAttachedRolePolicies: QueryOperation {
  let name = "ListAttachedRolePolicies"

  func respond(to call: QueryCall) async throws(Refusal) -> QueryValue? {
    _ = try call.role(allowing: name, call.paging())
    return ["AttachedPolicies": .list([]), "IsTruncated": .bool(false)]
  }
}
