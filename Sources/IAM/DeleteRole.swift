import AWSDoor

/// Deletes a role that has no policies left.
struct DeleteRole: QueryOperation {
  let name = "DeleteRole"

  func respond(to call: QueryCall) async throws(Refusal) -> QueryValue? {
    let role = try call.role(allowing: name)
    switch try await call.stored({ try await call.store.deleteRole(role.name) }) {
    case .done: return nil
    case .noRole: throw IAMFailure.noRole(role.name).refusal
    case .hasPolicies: throw IAMFailure.roleHasPolicies.refusal
    }
  }
}
