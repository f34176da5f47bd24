/// Replaces a role's trust policy.
enum UpdateAssumeRolePolicy: QueryOperation {
  static let name = "UpdateAssumeRolePolicy"

  static func respond(to call: QueryCall) async throws(Refusal) -> QueryValue? {
    let document = call["PolicyDocument"]
    let role = try call.role(allowing: name) { $0.document("policyDocument", document) }
    try call.checkTrust(document ?? "")
    let isChanged = try await call.stored {
      try await call.context.store.setTrust(document ?? "", of: role.name)
    }
    guard isChanged else { throw IAMFailure.noRole(role.name).refusal }
    return nil
  }
}
