import AWSDoor
import JSON

/// Sets tags of an association; others stay.
struct TagResource: RESTOperation {
  let name = "TagResource"
  let method = "POST"
  let path = "/tags/{resourceArn+}"

  func respond(to call: RESTCall) async throws(Refusal) -> JSON {
    let (association, _) = try call.taggedAssociation(name.action)
    let tags = try call.tags(failure: EKSFailure.badTagRequest)
    guard !tags.isEmpty else {
      throw EKSFailure.badTagRequest("The parameter tags must hold at least one tag.").refusal
    }
    try await call.setTags(of: association) { $0.merge(tags) }
    return [:]
  }
}
