import JSON

/// Decides whether a session of a role may assume another role of the same account.
package struct AssumptionEvaluation: Sendable {
  /// What came of it.
  package enum Decision: Sendable {
    case allowed
    case deniedByTrust(StatementReference)
    /// A policy of the caller denies.
    case deniedByCaller(StatementReference, in: PolicySource)
    /// No statement of the trust policy allows.
    case notTrusted
    /// The trust policy leaves it to the caller's policies, or they narrow the session, and none
    /// of this source allows.
    case notPermitted(PolicySource)
  }

  private let trust: NamedPolicy
  private let caller: PolicyEvaluation

  /// An evaluation of a role's trust policy and the caller's policies.
  package init(trust: NamedPolicy, caller: PolicyEvaluation) {
    self.trust = trust
    self.caller = caller
  }

  /// Decides: a Deny anywhere wins, the trust policy must allow, and the caller's own policies must
  /// where it names no more than the account.
  package func decide(_ request: PolicyRequest) -> Decision {
    let own = caller.decide(request)
    if case .explicitlyDenied(let statement, let source) = own {
      return .deniedByCaller(statement, in: source)
    }
    let trusted = PolicyEvaluation(identity: [], resource: [trust]).decide(request)
    if case .explicitlyDenied(let statement, _) = trusted { return .deniedByTrust(statement) }
    guard let grant = strongestGrant(request), !request.isTooCostly else { return .notTrusted }
    guard case .implicitlyDenied(let source) = own, grant != .session else { return .allowed }
    // What is named needs no identity policy; a boundary or a session policy still has to allow.
    if grant == .account { return .notPermitted(source) }
    let narrowed = PolicyEvaluation(
      identity: [], boundary: caller.boundary, session: caller.session, resource: [trust]
    ).decide(request)
    guard case .implicitlyDenied(let narrowing) = narrowed else { return .allowed }
    return .notPermitted(narrowing)
  }

  private func strongestGrant(_ request: PolicyRequest) -> PrincipalGrant? {
    guard let principal = request.principal else { return nil }
    return trust.document.statements.lazy
      .filter { $0.effect == .allow && $0.counts(for: request) }
      .compactMap { $0.principal?.grant(to: principal) }.max()
  }
}
