import AWSWire
package import HTTP
package import IAMPolicy
package import Platform

/// Decides whether a caller may do something, by the policies of the caller's role.
///
/// The account's root may do everything. A session may do what its role's policies allow at this
/// moment: a policy that is changed counts at once for credentials issued before.
package struct Authorizer: Sendable {
  /// A request that policies do not allow.
  package struct Denial: Error, Sendable {
    /// `User: ARN is not authorized to perform: ACTION on resource: ARN because ...`, and the same
    /// with the resource in quotes as S3 has it.
    package let message: String
    package let quotedMessage: String
    /// The deciding statement, or what each statement lacked.
    package let reason: String
    /// The check that failed.
    package let check: String
  }

  private let account: AWSAccount
  private let store: RoleStore
  private let clock: any WallClock

  /// An authorizer over the roles of a store.
  package init(account: AWSAccount, store: RoleStore, clock: any WallClock) {
    self.account = account
    self.store = store
    self.clock = clock
  }

  /// The policies of a session: its role's own, and the one that it was opened with.
  package func evaluation(of session: IssuedSession) -> PolicyEvaluation {
    // A role that was deleted, or made anew under the same name, gives its sessions nothing.
    let role = store.role(arn: session.roleARN).flatMap { $0.id == session.roleID ? $0 : nil }
    var evaluation = PolicyEvaluation(
      identity: (role?.policies ?? []).map { NamedPolicy(name: $0.name, document: $0.document) })
    if let text = session.policy,
      let document = try? PolicyDocument(text: text, kind: .session)
    {
      evaluation.session = [NamedPolicy(name: "of the session", document: document)]
    }
    return evaluation
  }

  /// The statement that allows this; nil for the root, which needs none.
  @discardableResult
  package func decide(
    _ action: String, on resource: String, by caller: Caller, request: HTTPRequest,
    context keys: [String: [String]] = [:]
  ) throws(Denial) -> StatementReference? {
    guard let session = caller.session else { return nil }
    var context = RequestContext.keys(
      of: caller, request: request, account: account, now: clock.now)
    for (key, value) in keys { context[key] = value }
    let evaluation = evaluation(of: session)
    let asked = PolicyRequest(action: action, resource: resource, context: context)
    let why: String
    let reason: String
    let check: String
    switch evaluation.decide(asked) {
    case .allowed(let statement): return statement
    case .explicitlyDenied(let statement, let source):
      why = "with an explicit deny in \(source.withArticle)"
      reason = "\(action) on \(resource) is denied by \(statement.text) (\(source.rawValue))."
      check = source == .session ? "session-policy" : "identity-policy"
    case .implicitlyDenied(let source):
      why = "because no \(source.rawValue) allows the \(action) action"
      reason = Self.explanation(
        asked, source == .session ? evaluation.session : evaluation.identity,
        of: session.roleName)
      check = source == .session ? "session-policy" : "identity-policy"
    }
    let start = "User: \(caller.arn) is not authorized to perform: \(action) on resource: "
    throw Denial(
      message: "\(start)\(resource) \(why)", quotedMessage: "\(start)\"\(resource)\" \(why)",
      reason: reason, check: check)
  }

  /// Refuses, with the service's code, unless the caller may do this.
  package func require(
    _ action: String, on resource: String, by caller: Caller, request: HTTPRequest,
    context keys: [String: [String]] = [:], code: String
  ) throws(Refusal) {
    do throws(Denial) {
      try decide(action, on: resource, by: caller, request: request, context: keys)
    } catch {
      throw Refusal(
        AWSError(code, status: 403, error.message), check: error.check, reason: error.reason)
    }
  }

  /// What each statement lacked.
  static func explanation(
    _ request: PolicyRequest, _ policies: [NamedPolicy], of role: String
  ) -> String {
    let traces = PolicyEvaluation.trace(policies, request)
    guard !traces.isEmpty else {
      return "No policy of role \(role) has a statement, so nothing allows \(request.action)."
    }
    let list = traces.prefix(5)
      .map { "\($0.reference.text): \($0.mismatch ?? "it applies, with effect \($0.effect)")" }
      .joined(separator: "; ")
    let rest = traces.count > 5 ? "; and \(traces.count - 5) statements more" : ""
    return "Nothing allows \(request.action) on \(request.resource): \(list)\(rest)."
  }
}
