/// Shows a role.
enum GetRole: QueryOperation {
  static let name = "GetRole"

  static func respond(to call: QueryCall) async throws(Refusal) -> QueryValue? {
    ["Role": try call.role(allowing: name).allMembers]
  }
}
