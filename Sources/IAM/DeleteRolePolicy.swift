import AWSDoor

/// Deletes an inline policy of a role.
struct DeleteRolePolicy: QueryOperation {
  let name = "DeleteRolePolicy"

  func respond(to call: QueryCall) async throws(Refusal) -> QueryValue? {
    let policy = call["PolicyName"]
    let role = try call.role(allowing: name) { $0.policyName(policy) }
    let isDeleted = try await call.stored {
      try await call.store.deletePolicy(policy ?? "", of: role.name)
    }
    guard isDeleted else { throw IAMFailure.noRolePolicy(policy ?? "").refusal }
    return nil
  }
}
