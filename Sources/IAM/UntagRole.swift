import AWSDoor
import IAMPolicy
import JSON

/// Takes tags off a role; a key that it does not have is no error.
struct UntagRole: QueryOperation {
  let name = "UntagRole"

  func respond(to call: QueryCall) async throws(Refusal) -> QueryValue? {
    let keys = call.list("TagKeys")
    var context = PolicyContext()
    if !keys.isEmpty { context["aws:TagKeys"] = keys }
    let role = try call.role(allowing: name, with: context) { $0.tagKeys(keys) }
    let gone = Set(keys.map { $0.lowercased().bytes })
    try await call.change(role) { settings in
      settings.tags.removeAll { gone.contains($0.key.lowercased().bytes) }
    }
    return nil
  }
}
