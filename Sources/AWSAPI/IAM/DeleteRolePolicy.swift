/// Deletes an inline policy of a role.
enum DeleteRolePolicy: QueryOperation {
  static let name = "DeleteRolePolicy"

  static func respond(to call: QueryCall) async throws(Refusal) -> QueryValue? {
    let policy = call["PolicyName"]
    let role = try call.role(allowing: name) { $0.policyName(policy) }
    let isDeleted = try await call.stored {
      try await call.context.store.deletePolicy(policy ?? "", of: role.name)
    }
    guard isDeleted else { throw IAMFailure.noRolePolicy(policy ?? "").refusal }
    return nil
  }
}
