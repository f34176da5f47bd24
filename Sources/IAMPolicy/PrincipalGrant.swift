import JSON

/// How a statement that applies names who asks.
///
/// Within one account it decides whether that is enough: a resource's policy that names a
/// principal grants by itself, one that names the account leaves it to the principal's own
/// policies (IAM user guide, "Policy evaluation logic: resource-based policies").
package enum PrincipalGrant: Sendable, Comparable {
  /// The account, by its number or its root's ARN.
  case account
  /// The role of a session, a user, a service, an identity provider, or everybody.
  case principal
  /// The session itself, which neither boundary nor session policy narrows.
  case session
}

extension PrincipalPattern {
  /// How the pattern names a principal; nil where it does not.
  package func grant(to principal: PolicyPrincipal) -> PrincipalGrant? {
    let grants = isEverybody ? [.principal] : kinds(of: principal)
    guard isNegated else { return grants.max() }
    return grants.isEmpty ? .principal : nil
  }

  private func kinds(of principal: PolicyPrincipal) -> [PrincipalGrant] {
    switch principal {
    case .service(let name): names(.service, name)
    case .federated(let arn): names(.federated, arn)
    case .account(let id, let arn, let roleARN, let roleID):
      (named[.aws] ?? []).compactMap { name in
        let name = name.bytes
        if name == "*" { return .principal }
        if name == arn.bytes { return roleARN == nil ? .principal : .session }
        if name == roleARN?.bytes || name == roleID?.bytes { return .principal }
        let isRoot = name.hasPrefix("arn:") && name.hasSuffix(":iam::\(id):root")
        return isRoot || name == id.bytes ? .account : nil
      }
    }
  }

  private func names(_ kind: Kind, _ name: String) -> [PrincipalGrant] {
    named[kind]?.contains(name.bytes) == true ? [.principal] : []
  }
}
