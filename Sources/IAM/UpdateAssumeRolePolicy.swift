import AWSDoor

/// Replaces a role's trust policy.
struct UpdateAssumeRolePolicy: QueryOperation {
  let name = "UpdateAssumeRolePolicy"

  func respond(to call: QueryCall) async throws(Refusal) -> QueryValue? {
    let document = call["PolicyDocument"]
    let role = try call.role(allowing: name) { $0.document("policyDocument", document) }
    try call.checkTrust(document ?? "")
    let isChanged = try await call.stored {
      try await call.store.setTrust(document ?? "", of: role.name)
    }
    guard isChanged else { throw IAMFailure.noRole(role.name).refusal }
    return nil
  }
}
