import JSON

/// Sets tags of an association; others stay.
enum TagResource: RESTOperation {
  static let name = "TagResource"
  static let method = "POST"
  static let path = "/tags/{resourceArn+}"

  static func respond(to call: RESTCall) async throws(Refusal) -> JSON {
    let (association, _) = try call.taggedAssociation(name.action)
    let tags = try call.tags(failure: EKSFailure.badTagRequest)
    guard !tags.isEmpty else {
      throw EKSFailure.badTagRequest("The parameter tags must hold at least one tag.").refusal
    }
    try await call.setTags(of: association) { $0.merge(tags) }
    return [:]
  }
}
