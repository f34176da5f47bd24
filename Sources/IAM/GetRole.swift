import AWSDoor

/// Shows a role.
struct GetRole: QueryOperation {
  let name = "GetRole"

  func respond(to call: QueryCall) async throws(Refusal) -> QueryValue? {
    ["Role": try call.role(allowing: name).allMembers]
  }
}
