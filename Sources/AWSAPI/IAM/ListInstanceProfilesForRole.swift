/// Lists the instance profiles that hold a role: none, for there are no instances here.
enum ListInstanceProfilesForRole: QueryOperation {
  static let name = "ListInstanceProfilesForRole"

  static func respond(to call: QueryCall) async throws(Refusal) -> QueryValue? {
    _ = try call.role(allowing: name) { $0.paging(call) }
    return ["InstanceProfiles": .list([]), "IsTruncated": .bool(false)]
  }
}
