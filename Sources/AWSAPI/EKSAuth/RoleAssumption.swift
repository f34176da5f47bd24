import IAMPolicy

/// Whether a role may be assumed for a pod: by the service, and through it by a role.
struct RoleAssumption {
  let authorizer: Authorizer
  let account: AWSAccount

  /// Refuses unless the role's trust lets Pod Identity do all of these actions.
  func requireTrust(
    of role: Role, actions: [String], context: PolicyContext
  ) throws(EKSAuthFailure) {
    for action in actions {
      try requireTrust(
        of: role,
        PolicyRequest(
          action: action, resource: role.arn, principal: .service(PodToken.audience),
          context: context))
    }
  }

  /// Refuses unless the first role's policies and the target's trust both allow the second hop.
  func requireChain(
    from session: IssuedSession, to target: Role, actions: [String], context: PolicyContext
  ) throws(EKSAuthFailure) {
    let sessionARN = account.assumedRoleARN(
      role: session.roleName, session: session.sessionName)
    var context = context
    context["aws:PrincipalArn"] = [session.roleARN]
    context["aws:PrincipalAccount"] = [account.id]
    context["aws:PrincipalIsAWSService"] = ["false"]
    for tag in session.tags { context["aws:PrincipalTag/\(tag.key)"] = [tag.value] }
    let policies = authorizer.evaluation(of: session)
    for action in actions {
      let request = PolicyRequest(action: action, resource: target.arn, context: context)
      guard policies.decide(request).isAllowed else {
        throw .notAssumable(
          check: "target-role-permission",
          reason: Authorizer.explanation(request, policies.identity, of: session.roleName))
      }
      try requireTrust(
        of: target,
        PolicyRequest(
          action: action, resource: target.arn,
          principal: .account(id: account.id, arn: sessionARN, roleARN: session.roleARN),
          context: context))
    }
  }

  private func requireTrust(
    of role: Role, _ request: PolicyRequest
  ) throws(EKSAuthFailure) {
    let trust = NamedPolicy(name: "trust policy of \(role.name)", document: role.trust)
    switch PolicyEvaluation(identity: [], resource: [trust]).decide(request) {
    case .allowed: return
    case .explicitlyDenied(let statement, _):
      throw .notAssumable(
        check: "trust-policy",
        reason: "The trust policy of role \(role.name) denies \(request.action) to "
          + "\(request.principal?.text ?? "") by statement \(statement.statement).")
    case .implicitlyDenied:
      let list = PolicyEvaluation.trace([trust], request)
        .map { "statement \($0.reference.statement): \($0.mismatch ?? "it applies")" }
        .joined(separator: "; ")
      throw .notAssumable(
        check: "trust-policy",
        reason: "The trust policy of role \(role.name) does not let "
          + "\(request.principal?.text ?? "") do \(request.action): \(list).")
    }
  }
}
