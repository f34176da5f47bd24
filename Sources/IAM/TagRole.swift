import AWSDoor
import IAMPolicy
import JSON

/// Sets tags of a role; others stay.
struct TagRole: QueryOperation {
  let name = "TagRole"
  /// How many tags a role can have.
  static let limit = 50

  func respond(to call: QueryCall) async throws(Refusal) -> QueryValue? {
    let tags = call.tags()
    let role = try call.role(allowing: name, with: tags.requestKeys) { $0.tags(tags) }
    let checked = try call.checkedTags()
    var preview = role.tags
    preview.mergeIgnoringCase(checked)
    guard preview.count <= Self.limit else { throw IAMFailure.tooManyTags.refusal }
    try await call.change(role) { $0.tags.mergeIgnoringCase(checked) }
    return nil
  }
}

extension [ResourceTag] {
  /// The keys that a request with these tags has.
  var requestKeys: PolicyContext {
    var keys = PolicyContext()
    guard !isEmpty else { return keys }
    keys.addTags(pairs, of: .request)
    keys["aws:TagKeys"] = map(\.key)
    return keys
  }

  /// Puts `tags` over these as roles do: a key in another case is the same, and is spelt anew.
  mutating func mergeIgnoringCase(_ tags: [ResourceTag]) {
    for tag in tags {
      if let found = firstIndex(where: { $0.key.lowercased().bytes == tag.key.lowercased().bytes })
      {
        self[found] = tag
      } else {
        append(tag)
      }
    }
  }
}
