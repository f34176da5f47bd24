/// Writes an inline policy of a role.
enum PutRolePolicy: QueryOperation {
  static let name = "PutRolePolicy"

  static func respond(to call: QueryCall) async throws(Refusal) -> QueryValue? {
    let document = call["PolicyDocument"]
    let policy = call["PolicyName"]
    let role = try call.role(allowing: name) { constraints in
      constraints.policyName(policy)
      constraints.document("policyDocument", document)
    }
    try call.checkPolicy(document ?? "")
    let isChanged = try await call.stored {
      try await call.context.store.putPolicy(policy ?? "", document ?? "", of: role.name)
    }
    guard isChanged else { throw IAMFailure.noRole(role.name).refusal }
    return nil
  }
}
