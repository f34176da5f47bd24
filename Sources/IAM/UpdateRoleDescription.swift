import AWSDoor

/// Changes a role's description and shows the role.
struct UpdateRoleDescription: QueryOperation {
  let name = "UpdateRoleDescription"

  func respond(to call: QueryCall) async throws(Refusal) -> QueryValue? {
    let description = call["Description"]
    let role = try call.role(allowing: name) { constraints in
      constraints.text(
        "description", description, isRequired: true, length: 0...1000, pattern: .description)
    }
    try await call.change(role) { $0.description = description }
    guard let changed = call.store.role(named: role.name) else {
      throw IAMFailure.noRole(role.name).refusal
    }
    return ["Role": changed.describedMembers]
  }
}
