import AWSDoor
import JSON

/// Lists the tags of a role, a page at a time.
struct ListRoleTags: QueryOperation {
  let name = "ListRoleTags"

  func respond(to call: QueryCall) async throws(Refusal) -> QueryValue? {
    let role = try call.role(allowing: name, call.paging())
    let (tags, members) = try call.page(
      role.tags.sorted { $0.key.bytes < $1.key.bytes }, key: \.key)
    return .structure([(name: "Tags", value: Array(tags).queryList)] + members)
  }
}
