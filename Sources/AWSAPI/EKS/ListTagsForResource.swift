import JSON

/// Lists the tags of an association.
enum ListTagsForResource: RESTOperation {
  static let name = "ListTagsForResource"
  static let method = "GET"
  static let path = "/tags/{resourceArn+}"

  static func respond(to call: RESTCall) async throws(Refusal) -> JSON {
    let (association, _) = try call.taggedAssociation(name.action)
    return ["tags": association.tags.json]
  }
}
