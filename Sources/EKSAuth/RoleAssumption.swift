import AWSDoor
import IAMPolicy
import PodIdentity

/// Whether a role may be assumed for a pod: by the service, and through it by a role.
struct RoleAssumption {
  let authorizer: Authorizer
  let account: AWSAccount

  /// Refuses unless the role's trust lets Pod Identity do all of these actions; `keys` are those of the
  /// request beside AWS's own in `context`.
  func requireTrust(
    of role: Role, actions: [String], keys: PolicyContext, context: PolicyContext
  ) throws(EKSAuthFailure) {
    let context = try Self.context(context, with: keys, for: role)
    for action in actions {
      try requireTrust(
        of: role,
        PolicyRequest(
          action: action, resource: role.arn, principal: .service(PodToken.audience),
          context: context))
    }
  }

  /// Refuses unless the target's trust lets the first role's session in, and the first role's
  /// policies do where the trust leaves it to them.
  func requireChain(
    from session: IssuedSession, to target: Role, actions: [String], keys: PolicyContext,
    context: PolicyContext
  ) throws(EKSAuthFailure) {
    let sessionARN = account.assumedRoleARN(
      role: session.roleName, session: session.sessionName)
    var context = context
    context.addSessionKeys(
      account: account.id, role: (session.roleARN, session.roleID),
      sessionName: session.sessionName, issued: session.issued,
      roleTags: authorizer.role(of: session)?.tags.pairs ?? [],
      sessionTags: session.tags.map { ($0.key, $0.value) })
    context = try Self.context(context, with: keys, for: target)
    let policies = authorizer.evaluation(of: session)
    let evaluation = AssumptionEvaluation(trust: trust(of: target), caller: policies)
    for action in actions {
      let request = PolicyRequest(
        action: action, resource: target.arn,
        principal: .account(
          id: account.id, arn: sessionARN, roleARN: session.roleARN, roleID: session.roleID),
        context: context)
      switch evaluation.decide(request) {
      case .allowed: continue
      case .deniedByTrust(let statement): throw denied(request, by: statement, of: target)
      case .notTrusted: throw notTrusted(request, of: target)
      case .deniedByCaller(let statement, let source):
        throw .notAssumable(
          check: .targetRolePermission,
          reason: Authorizer.denial(request, by: statement, in: source, of: policies))
      case .notPermitted(let source):
        throw .notAssumable(
          check: .targetRolePermission,
          reason: Authorizer.explanation(
            request, source == .session ? policies.session : policies.identity,
            of: "role \(session.roleName)")
            + " The trust policy of role \(target.name) leaves it to them, since it names the "
            + "account.")
      }
    }
  }

  private static func context(
    _ context: PolicyContext, with keys: PolicyContext, for role: Role
  ) throws(EKSAuthFailure) -> PolicyContext {
    var keys = keys
    keys.addTags(role.tags.pairs, of: .resource)
    do throws(ConditionKeys.Undeclared) {
      return try AWSService.eksAuth.conditionKeys.adding(keys, to: context)
    } catch {
      throw .server("EKS Auth does not declare the condition key \(error.key) so.")
    }
  }

  private func requireTrust(
    of role: Role, _ request: PolicyRequest
  ) throws(EKSAuthFailure) {
    switch PolicyEvaluation(identity: [], resource: [trust(of: role)]).decide(request) {
    case .allowed: return
    case .explicitlyDenied(let statement, _): throw denied(request, by: statement, of: role)
    case .implicitlyDenied: throw notTrusted(request, of: role)
    }
  }

  private func trust(of role: Role) -> NamedPolicy {
    NamedPolicy(name: "trust policy of \(role.name)", document: role.trust)
  }

  private func denied(
    _ request: PolicyRequest, by statement: StatementReference, of role: Role
  ) -> EKSAuthFailure {
    let deciding = PolicyEvaluation(identity: [], resource: [trust(of: role)])
      .deciding(.explicitlyDenied(by: statement, in: .resource), request)
    return .notAssumable(
      check: .trustPolicy,
      reason: "The trust policy of role \(role.name) denies \(request.action) to "
        + "\(request.principal?.text ?? "") by statement \(statement.statement)."
        + (deciding?.mismatch.map { " \($0)." } ?? ""))
  }

  private func notTrusted(_ request: PolicyRequest, of role: Role) -> EKSAuthFailure {
    let list = PolicyEvaluation.trace([trust(of: role)], request)
      .map { "statement \($0.reference.statement): \($0.mismatch ?? "it applies")" }
      .joined(separator: "; ")
    let policy = "The trust policy of role \(role.name)"
    return .notAssumable(
      check: .trustPolicy,
      reason: request.isTooCostly
        ? Authorizer.tooCostly(request, policy)
        : "\(policy) does not let \(request.principal?.text ?? "") do \(request.action): \(list).")
  }
}
