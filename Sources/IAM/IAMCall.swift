import AWSDoor
import HTTP
import IAMPolicy
import JSON
import Platform
import PodIdentity

/// What the operations of IAM have in common.
extension QueryCall {
  /// Checks parameters against the model's limits.
  func check(_ rules: (inout Constraints) -> Void) throws(Refusal) {
    var constraints = Constraints(quotesValues: false)
    rules(&constraints)
    if let objection = constraints.objection { throw IAMFailure.validation(objection).refusal }
  }

  /// The role that `RoleName` names; the name's form is checked with `rules`.
  func role(
    allowing action: String, with more: PolicyContext = [:],
    _ rules: (inout Constraints) -> Void = { _ in }
  ) throws(Refusal) -> Role {
    let name = self["RoleName"]
    try check { constraints in
      constraints.roleName(name)
      rules(&constraints)
    }
    let role = store.role(named: name ?? "")
    var keys = more
    for (key, value) in role?.tags.pairs ?? [] {
      // IAM has a key of its own besides the global one.
      keys["iam:ResourceTag/\(key)"] = [value]
      keys["aws:ResourceTag/\(key)"] = [value]
    }
    // Without a role its path is not known, and the plain ARN is asked for.
    try authorize(
      "iam:\(action)", on: role?.arn ?? account.iamARN("role/\(name ?? "")"),
      context: keys)
    guard let role else { throw IAMFailure.noRole(name ?? "").refusal }
    return role
  }

  /// Changes a role that was just found.
  func change(
    _ role: Role, _ change: @Sendable @escaping (inout RoleStore.RoleSettings) -> Void
  ) async throws(Refusal) {
    let isChanged = try await stored {
      try await store.updateRole(role.name, change)
    }
    guard isChanged else { throw IAMFailure.noRole(role.name).refusal }
  }

  /// A trust policy that was sent, if IAM would take it.
  func checkTrust(_ text: String) throws(Refusal) {
    do throws(PolicyDocumentError) {
      let document = try PolicyDocument(text: text, kind: .trust)
      try TrustPrincipals(account: account, store: store).check(document)
    } catch {
      throw IAMFailure.malformedPolicy(error.message).refusal
    }
    guard RoleStore.size(of: text) <= 2048 else {
      throw IAMFailure.policyTooLong(quota: "ACLSizePerRole", limit: 2048).refusal
    }
  }

  /// An identity policy that was sent, if IAM would take it.
  func checkPolicy(_ text: String) throws(Refusal) {
    do throws(PolicyDocumentError) { _ = try PolicyDocument(text: text, kind: .inline) } catch {
      throw IAMFailure.malformedPolicy(error.message).refusal
    }
  }

  /// Tags that were sent, no key twice in whatever case.
  func checkedTags() throws(Refusal) -> [ResourceTag] {
    let tags = tags()
    guard Set(tags.map { $0.key.lowercased().bytes }).count == tags.count else {
      throw IAMFailure.duplicateTagKeys.refusal
    }
    return tags
  }

  /// Runs something of the store; what goes wrong there is the service's fault.
  func stored<Result: Sendable>(
    _ body: () async throws -> Result
  ) async throws(Refusal) -> Result {
    do { return try await body() } catch { throw IAMFailure.service("\(error)").refusal }
  }

  /// The limits of `Marker` and `MaxItems`.
  func paging() throws(Refusal) -> (inout Constraints) -> Void {
    let (marker, size) = (self["Marker"], try integer("MaxItems"))
    return { constraints in
      constraints.text("marker", marker, length: 1...320, pattern: .marker)
      constraints.number("maxItems", size, range: 1...1000)
    }
  }

  /// The page of a list that `MaxItems` and `Marker` ask for: 100 items by default.
  func page<Item>(
    _ items: [Item], key: (Item) -> String
  ) throws(Refusal) -> (items: ArraySlice<Item>, members: [(name: String, value: QueryValue?)]) {
    var start = 0
    if let marker = self["Marker"] {
      guard let bytes = Base64.decode(marker), let last = String(validating: bytes, as: UTF8.self)
      else { throw IAMFailure.invalidMarker.refusal }
      start = items.firstIndex { key($0).bytes > last.bytes } ?? items.count
    }
    let page = items[start...].prefix(try integer("MaxItems") ?? 100)
    let isTruncated = page.endIndex < items.endIndex
    let marker = isTruncated ? page.last.map { Base64.encode(Array(key($0).utf8)) } : nil
    return (
      page,
      [
        (name: "IsTruncated", value: .bool(isTruncated)),
        (name: "Marker", value: marker.map(QueryValue.text)),
      ]
    )
  }
}
