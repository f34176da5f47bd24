import AWSDoor

/// Lists the instance profiles that hold a role: none, for there are no instances here.
struct ListInstanceProfilesForRole: QueryOperation {
  let name = "ListInstanceProfilesForRole"

  func respond(to call: QueryCall) async throws(Refusal) -> QueryValue? {
    _ = try call.role(allowing: name, call.paging())
    return ["InstanceProfiles": .list([]), "IsTruncated": .bool(false)]
  }
}
