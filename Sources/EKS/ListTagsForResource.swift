import AWSDoor
import JSON

/// Lists the tags of an association.
struct ListTagsForResource: RESTOperation {
  let name = "ListTagsForResource"
  let method = "GET"
  let path = "/tags/{resourceArn+}"

  func respond(to call: RESTCall) async throws(Refusal) -> JSON {
    let (association, _) = try call.taggedAssociation(name.action)
    return ["tags": association.tags.json]
  }
}
