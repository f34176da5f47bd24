import AWSDoor

/// Writes an inline policy of a role.
struct PutRolePolicy: QueryOperation {
  let name = "PutRolePolicy"

  func respond(to call: QueryCall) async throws(Refusal) -> QueryValue? {
    let document = call["PolicyDocument"]
    let policy = call["PolicyName"]
    let role = try call.role(allowing: name) { constraints in
      constraints.policyName(policy)
      constraints.document("policyDocument", document)
    }
    try call.checkPolicy(document ?? "")
    let result = try await call.stored {
      try await call.store.putPolicy(policy ?? "", document ?? "", of: role.name)
    }
    switch result {
    case .done: return nil
    case .noRole: throw IAMFailure.noRole(role.name).refusal
    case .tooLong:
      throw IAMFailure.rolePoliciesTooLong(role: role.name, limit: RoleStore.policiesSize).refusal
    }
  }
}
