import HTTP
import IAMPolicy
import Platform

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
    allowing action: String, _ rules: (inout Constraints) -> Void = { _ in }
  ) throws(Refusal) -> Role {
    let name = self["RoleName"]
    try check { constraints in
      constraints.roleName(name)
      rules(&constraints)
    }
    let role = context.store.role(named: name ?? "")
    // Without a role its path is not known, and the plain ARN is asked for.
    try authorize("iam:\(action)", on: role?.arn ?? context.account.iamARN("role/\(name ?? "")"))
    guard let role else { throw IAMFailure.noRole(name ?? "").refusal }
    return role
  }

  /// A trust policy that was sent, if IAM would take it.
  func checkTrust(_ text: String) throws(Refusal) {
    do throws(PolicyDocumentError) { _ = try PolicyDocument(text: text, kind: .trust) } catch {
      throw IAMFailure.malformedPolicy(error.message).refusal
    }
    try checkSize(text, quota: "ACLSizePerRole", limit: 2048)
  }

  /// An identity policy that was sent, if IAM would take it.
  func checkPolicy(_ text: String) throws(Refusal) {
    do throws(PolicyDocumentError) { _ = try PolicyDocument(text: text, kind: .inline) } catch {
      throw IAMFailure.malformedPolicy(error.message).refusal
    }
    try checkSize(text, quota: "RolePolicySize", limit: 10_240)
  }

  /// White space does not count towards a document's size.
  private func checkSize(_ text: String, quota: String, limit: Int) throws(Refusal) {
    guard text.utf16.count(where: { !(9...13 ~= $0 || $0 == 0x20) }) <= limit else {
      throw IAMFailure.policyTooLong(quota: quota, limit: limit).refusal
    }
  }

  /// Tags that were sent, no key twice in whatever case.
  func checkedTags() throws(Refusal) -> [ResourceTag] {
    let tags = tags()
    guard Set(tags.map { $0.key.lowercased() }).count == tags.count else {
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

  /// The page of a list that `MaxItems` and `Marker` ask for: 100 items by default.
  func page<Item>(
    _ items: [Item], key: (Item) -> String
  ) throws(Refusal) -> (items: ArraySlice<Item>, members: [(name: String, value: QueryValue?)]) {
    var start = 0
    if let marker = self["Marker"] {
      guard let bytes = Base64.decode(marker), let last = String(validating: bytes, as: UTF8.self)
      else { throw IAMFailure.invalidMarker.refusal }
      start = items.firstIndex { key($0) > last } ?? items.count
    }
    let page = items[start...].prefix(self["MaxItems"].flatMap { Int($0) } ?? 100)
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

/// IAM's limits that several operations share.
extension Constraints {
  /// `RoleName`.
  mutating func roleName(_ value: String?) {
    text("roleName", value, isRequired: true, length: 1...64, pattern: .name)
  }

  /// `PolicyName`.
  mutating func policyName(_ value: String?) {
    text("policyName", value, isRequired: true, length: 1...128, pattern: .name)
  }

  /// A policy document.
  mutating func document(_ member: String, _ value: String?) {
    text(member, value, isRequired: true, length: 1...131_072, pattern: .document)
  }

  /// `Marker` and `MaxItems`.
  mutating func paging(_ call: QueryCall) {
    text("marker", call["Marker"], length: 1...320, pattern: .marker)
    _ = number("maxItems", call["MaxItems"], range: 1...1000)
  }
}
