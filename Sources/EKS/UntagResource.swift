import AWSDoor
import HTTP
import JSON

/// Removes tags of an association; keys that it does not have are passed over.
struct UntagResource: RESTOperation {
  let name = "UntagResource"
  let method = "DELETE"
  let path = "/tags/{resourceArn+}"

  func respond(to call: RESTCall) async throws(Refusal) -> JSON {
    let (association, _) = try call.taggedAssociation(name.action)
    let keys = call.query.all("tagKeys")
    guard 1...50 ~= keys.count else {
      throw EKSFailure.badTagRequest("The parameter tagKeys must hold 1 to 50 keys.").refusal
    }
    try await call.setTags(of: association) { tags in
      tags.removeAll { keys.contains($0.key.bytes) }
    }
    return [:]
  }
}
