import AWSClient
import JSON

/// Makes a role as a seed has it, or changes what differs; what the seed does not say stays.
struct SeedRoleApplier {
  let role: SeedAWS.Role
  let aws: AWSClient

  private var name: [(String, String)] { [("RoleName", role.name)] }

  /// Makes it or changes it; `trust` takes the place of its own until ``openTrust()``.
  func apply(trust: JSON? = nil) async throws -> SeedOutcome {
    var outcome = SeedOutcome.unchanged
    if let found = try await found() {
      if try await change(found, trust: trust ?? role.trust) { outcome = .updated }
    } else {
      try await create(trust: trust ?? role.trust)
      outcome = .created
    }
    for policy in role.policies where try await applyPolicy(policy) {
      if outcome == .unchanged { outcome = .updated }
    }
    return outcome
  }

  /// Whether the role is there already.
  func exists() async throws -> Bool { try await found() != nil }

  /// Gives the role its own trust.
  func openTrust() async throws {
    _ = try await call(
      "UpdateAssumeRolePolicy", name + [("PolicyDocument", role.trust.text())])
  }

  private func found() async throws -> XMLReader? {
    do throws(AWSFailure) { return try await aws.iamIfThere("GetRole", name) } catch {
      throw failure("\(error)")
    }
  }

  private func failure(_ reason: String, at place: String? = nil) -> CommandFailure {
    CommandFailure("\(place ?? role.place): role \(role.name): \(reason)")
  }

  @discardableResult
  private func call(
    _ action: String, _ parameters: [(String, String)], at place: String? = nil
  ) async throws(CommandFailure) -> XMLReader {
    do throws(AWSFailure) { return try await aws.iam(action, parameters) } catch {
      throw failure("\(error)", at: place)
    }
  }

  private func create(trust: JSON) async throws {
    var parameters = name + [("AssumeRolePolicyDocument", trust.text())] + settings
    if let path = role.path { parameters.append(("Path", path)) }
    try await call("CreateRole", parameters + Self.members(role.tags ?? []))
  }

  private var settings: [(String, String)] {
    [
      role.description.map { ("Description", $0) },
      role.maxSessionSeconds.map { ("MaxSessionDuration", "\($0)") },
    ].compactMap { $0 }
  }

  private static func members(_ tags: [(key: String, value: String)]) -> [(String, String)] {
    tags.enumerated().flatMap { index, tag in
      [
        ("Tags.member.\(index + 1).Key", tag.key), ("Tags.member.\(index + 1).Value", tag.value),
      ]
    }
  }

  /// Changes what differs; whether anything did.
  private func change(_ found: XMLReader, trust: JSON) async throws -> Bool {
    if let path = role.path, let other = found.first("Path"), other.bytes != path.bytes {
      throw failure(
        "it exists with the path \(other), and a path cannot be changed to \(path); delete the role "
          + "first (aws iam delete-role), or start anew (podid reset)")
    }
    var isChanged = false
    if found.first("AssumeRolePolicyDocument").flatMap(PolicyText.json) != trust {
      try await call("UpdateAssumeRolePolicy", name + [("PolicyDocument", trust.text())])
      isChanged = true
    }
    let shown = [found.first("Description") ?? "", found.first("MaxSessionDuration") ?? ""]
    let wanted = [
      role.description ?? shown[0], role.maxSessionSeconds.map { "\($0)" } ?? shown[1],
    ]
    if wanted.map(\.bytes) != shown.map(\.bytes) {
      try await call("UpdateRole", name + settings)
      isChanged = true
    }
    return try await changeTags(found) || isChanged
  }

  /// Where the seed has tags, they are the role's: others go.
  private func changeTags(_ found: XMLReader) async throws -> Bool {
    guard let wanted = role.tags else { return false }
    let there = zip(found.all("Key"), found.all("Value"))
    let new = wanted.filter { tag in
      !there.contains { $0.0.bytes == tag.key.bytes && $0.1.bytes == tag.value.bytes }
    }
    let gone = found.all("Key").filter { key in
      !wanted.contains { $0.key.lowercased().bytes == key.lowercased().bytes }
    }
    if !gone.isEmpty {
      try await call(
        "UntagRole",
        name + gone.enumerated().map { ("TagKeys.member.\($0.offset + 1)", $0.element) })
    }
    if !new.isEmpty { try await call("TagRole", name + Self.members(new)) }
    return !new.isEmpty || !gone.isEmpty
  }

  /// Puts an inline policy; whether that changed something.
  private func applyPolicy(_ policy: SeedAWS.Policy) async throws -> Bool {
    let key = name + [("PolicyName", policy.name)]
    let found: XMLReader?
    // A call that failed otherwise does not tell that the policy is another one.
    do throws(AWSFailure) { found = try await aws.iamIfThere("GetRolePolicy", key) } catch {
      throw failure("\(error)", at: policy.place)
    }
    if found?.first("PolicyDocument").flatMap(PolicyText.json) == policy.document { return false }
    try await call(
      "PutRolePolicy", key + [("PolicyDocument", policy.document.text())], at: policy.place)
    return true
  }
}
