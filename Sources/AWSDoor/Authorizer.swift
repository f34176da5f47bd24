import AWSWire
package import HTTP
package import IAMPolicy
import JSON
package import Platform
package import PodIdentity

/// Decides whether a caller may do something, by the policies of the caller's role.
///
/// The account's root may do everything. A session may do what its role's policies allow at this
/// moment: a policy that is changed counts at once for credentials issued before. A server of the
/// stack may do what its own policy allows.
package struct Authorizer: Sendable {
  /// A request that policies do not allow.
  package struct Denial: Error, Sendable {
    /// `User: ARN is not authorized to perform: ACTION on resource: ARN because ...`, and the same
    /// with the resource in quotes.
    package let message: String
    package let quotedMessage: String
    /// The deciding statement, or what each statement lacked.
    package let reason: String
    /// The check that failed.
    package let check: Event.Check
  }

  private let account: AWSAccount
  private let policies: [ServiceUser: [NamedPolicy]]
  private let store: RoleStore
  private let clock: any WallClock

  /// An authorizer over the roles of a store, and over what services grant to servers of the stack.
  package init(
    account: AWSAccount, grants: [ServiceGrant], store: RoleStore, clock: any WallClock
  ) {
    self.account = account
    policies = Dictionary(grouping: grants, by: \.user).mapValues { $0.compactMap(\.policy) }
    self.store = store
    self.clock = clock
  }

  /// The role of a session; nil where it was deleted, or made anew under the same name: such a
  /// role gives its sessions nothing.
  package func role(of session: IssuedSession) -> Role? {
    store.role(arn: session.roleARN).flatMap { $0.id.bytes == session.roleID.bytes ? $0 : nil }
  }

  /// The policies of a session: its role's own, and the one that it was opened with.
  package func evaluation(of session: IssuedSession) -> PolicyEvaluation {
    let role = role(of: session)
    var evaluation = PolicyEvaluation(
      identity: (role?.policies ?? []).map { NamedPolicy(name: $0.name, document: $0.document) })
    // A session policy that cannot be read any more allows nothing: without one, all that the role
    // may do would be allowed.
    if let text = session.policy {
      let document =
        (try? PolicyDocument(text: text, kind: .session, isStored: true)) ?? .denyingAll
      evaluation.session = [NamedPolicy(name: "of the session", document: document)]
    }
    return evaluation
  }

  /// The statement that allows this; nil for the root, which needs none.
  ///
  /// A key that the service does not declare refuses the call, whoever makes it: a policy that denies
  /// by a key must not be passed by for want of it.
  @discardableResult
  package func decide(
    _ action: String, on resource: String, by caller: Caller, request: HTTPRequest,
    of service: AWSService, context keys: PolicyContext = [:]
  ) throws(Denial) -> StatementReference? {
    func denial(_ why: String, _ reason: String, _ check: Event.Check) -> Denial {
      let start = "User: \(caller.arn) is not authorized to perform: \(action) on resource: "
      return Denial(
        message: "\(start)\(resource) \(why)", quotedMessage: "\(start)\"\(resource)\" \(why)",
        reason: reason, check: check)
    }
    let own: PolicyContext
    do throws(ConditionKeys.Undeclared) { own = try service.conditionKeys.adding(keys) } catch {
      throw denial(
        "because of a condition key that \(service.signingName) does not declare",
        "The service \(service.signingName) does not declare \(error.key) so.", .identityPolicy)
    }
    let evaluation: PolicyEvaluation
    let owner: String
    if let session = caller.session {
      evaluation = self.evaluation(of: session)
      owner = "role \(session.roleName)"
    } else if let user = caller.service {
      evaluation = PolicyEvaluation(identity: policies[user] ?? [])
      owner = "user \(user.rawValue)"
    } else {
      return nil
    }
    var context = RequestContext.keys(
      of: caller, request: request, account: account, now: clock.now,
      roleTags: caller.session.flatMap(role(of:))?.tags ?? [])
    context.merge(own)
    let asked = PolicyRequest(action: action, resource: resource, context: context)
    let why: String
    let reason: String
    let check: Event.Check
    switch evaluation.decide(asked) {
    case .allowed(let statement): return statement
    case .explicitlyDenied(let statement, let source):
      why = "with an explicit deny in \(source.withArticle)"
      reason = Self.denial(asked, by: statement, in: source, of: evaluation)
      check = source == .session ? .sessionPolicy : .identityPolicy
    case .implicitlyDenied(let source):
      why = "because no \(source.rawValue) allows the \(action) action"
      reason = Self.explanation(
        asked, source == .session ? evaluation.session : evaluation.identity,
        of: owner)
      check = source == .session ? .sessionPolicy : .identityPolicy
    }
    throw denial(why, reason, check)
  }

  /// Refuses, with the service's code, unless the caller may do this.
  package func require(
    _ action: String, on resource: String, by caller: Caller, request: HTTPRequest,
    of service: AWSService, context keys: PolicyContext = [:], code: String
  ) throws(Refusal) {
    do throws(Denial) {
      try decide(action, on: resource, by: caller, request: request, of: service, context: keys)
    } catch {
      throw Refusal(
        AWSError(code, status: 403, error.message), check: error.check, reason: error.reason)
    }
  }

  /// Which statement denies, and what of it could not be evaluated.
  package static func denial(
    _ request: PolicyRequest, by statement: StatementReference, in source: PolicySource,
    of evaluation: PolicyEvaluation
  ) -> String {
    let deciding = evaluation.deciding(.explicitlyDenied(by: statement, in: source), request)
    return "\(request.action) on \(request.resource) is denied by \(statement.text) "
      + "(\(source.rawValue))." + (deciding?.mismatch.map { " \($0)." } ?? "")
  }

  /// What each statement lacked.
  package static func explanation(
    _ request: PolicyRequest, _ policies: [NamedPolicy], of owner: String
  ) -> String {
    let traces = PolicyEvaluation.trace(policies, request)
    guard !traces.isEmpty else {
      return "No policy of \(owner) has a statement, so nothing allows \(request.action)."
    }
    guard !request.isTooCostly else { return tooCostly(request, "The policies of \(owner)") }
    let list = traces.prefix(5)
      .map { "\($0.reference.text): \($0.mismatch ?? "it applies, with effect \($0.effect)")" }
      .joined(separator: "; ")
    let rest = traces.count > 5 ? "; and \(traces.count - 5) statements more" : ""
    return "Nothing allows \(request.action) on \(request.resource): \(list)\(rest)."
  }

  /// Why nothing is allowed where policies could not be held against the whole request.
  package static func tooCostly(_ request: PolicyRequest, _ policies: String) -> String {
    "\(policies) take more work for this request than a request may cost, so \(request.action) is "
      + "denied: they have too many wildcards or variables for values as long as these."
  }
}
