/// Lists a role's managed policies: none, for managed policies are not kept here yet.
enum ListAttachedRolePolicies: QueryOperation {
  static let name = "ListAttachedRolePolicies"

  static func respond(to call: QueryCall) async throws(Refusal) -> QueryValue? {
    _ = try call.role(allowing: name) { $0.paging(call) }
    return ["AttachedPolicies": .list([]), "IsTruncated": .bool(false)]
  }
}
