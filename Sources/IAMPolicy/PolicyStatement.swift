import JSON

/// Whom a statement of a trust or resource policy is about.
package struct PrincipalPattern: Sendable {
  /// The kinds under `Principal`.
  package enum Kind: String, Sendable, CaseIterable {
    case aws = "AWS"
    case service = "Service"
    case federated = "Federated"
  }

  /// `"Principal": "*"`, or `NotPrincipal` of it.
  package var isEverybody = false
  /// The named ones.
  package var named: [Kind: [String]] = [:]
  /// `NotPrincipal`.
  package var isNegated = false
}

/// Who makes a request, as trust and resource policies see it.
package enum PolicyPrincipal: Sendable {
  /// An AWS service, such as `pods.eks.amazonaws.com`.
  case service(String)
  /// A principal of an account: its ARN, and of a session the ARN and the id of its role.
  case account(id: String, arn: String, roleARN: String?, roleID: String? = nil)
  /// An identity provider: its ARN.
  case federated(String)

  /// The principal in a message.
  package var text: String {
    switch self {
    case .service(let name): name
    case .account(_, let arn, _, _): arn
    case .federated(let arn): arn
    }
  }
}

/// One statement of a policy.
package struct PolicyStatement: Sendable {
  /// What it does when it matches.
  package enum Effect: String, Sendable, CaseIterable {
    case allow = "Allow"
    case deny = "Deny"
  }

  package let sid: String?
  package let effect: Effect
  package let actions: [PolicyPattern]
  /// `NotAction`.
  package let negatesActions: Bool
  /// Nil in trust policies, which have no Resource.
  package let resources: [PolicyPattern]?
  /// `NotResource`.
  package let negatesResources: Bool
  package let principal: PrincipalPattern?
  package let conditions: [PolicyCondition]

  /// The first part of a statement that does not match a request, or cannot be evaluated.
  enum Misfit {
    case principal, action, resource
    case condition(PolicyCondition, PolicyOutcome)

    /// What comes of the statement by it.
    var outcome: PolicyOutcome {
      if case .condition(_, let outcome) = self { outcome } else { .mismatch }
    }
  }

  /// What comes of the statement for a request; the first part of it that decides ends it.
  package func outcome(_ request: PolicyRequest) -> PolicyOutcome {
    misfit(request)?.outcome ?? .match
  }

  /// Whether the statement counts for a request, as a Deny does that cannot be evaluated.
  package func counts(for request: PolicyRequest) -> Bool {
    outcome(request).counts(for: effect)
  }

  func misfit(_ request: PolicyRequest) -> Misfit? {
    if let principal {
      guard let asking = request.principal, principal.grant(to: asking) != nil else {
        return .principal
      }
    }
    guard fitsAction(of: request) else { return .action }
    guard fitsResource(of: request) else { return .resource }
    for condition in conditions {
      let outcome = condition.outcome(request.context)
      if outcome != .match { return .condition(condition, outcome) }
    }
    return nil
  }

  func fitsAction(of request: PolicyRequest) -> Bool {
    actions.contains {
      $0.matches(request.action, ignoringCase: true, context: request.context)
    } != negatesActions
  }

  func fitsResource(of request: PolicyRequest) -> Bool {
    guard let resources else { return true }
    return resources.contains { $0.matches(request.resource, context: request.context) }
      != negatesResources
  }

  func explanation(_ misfit: Misfit, _ request: PolicyRequest) -> String {
    switch misfit {
    case .principal:
      return principal.flatMap { Self.mismatch($0, request.principal) } ?? ""
    case .action:
      let list = actions.map(\.text).joined(separator: ", ")
      return
        "\(negatesActions ? "NotAction" : "Action") is \(list), which \(negatesActions ? "names" : "does not name") \(request.action)"
    case .resource:
      let list = (resources ?? []).map { $0.shown(request.context) }.joined(separator: ", ")
      return
        "\(negatesResources ? "NotResource" : "Resource") is \(list), which \(negatesResources ? "names" : "does not name") \(request.resource)"
    case .condition(let condition, let outcome):
      return condition.explanation(outcome, request.context)
    }
  }

  /// Why a pattern does not name who asks; nil where it does.
  static func mismatch(
    _ pattern: PrincipalPattern, _ principal: PolicyPrincipal?
  ) -> String? {
    guard let principal else { return "the statement names a Principal and the request has none" }
    guard pattern.grant(to: principal) == nil else { return nil }
    let list =
      pattern.isEverybody
      ? "*"
      : pattern.named.flatMap { kind, names in names.map { "\(kind.rawValue) \($0)".bytes } }
        .sorted().map(\.string).joined(separator: ", ")
    return
      "\(pattern.isNegated ? "NotPrincipal" : "Principal") is \(list), \(pattern.isNegated ? "which names" : "not") \(principal.text)"
  }
}

/// What is to be allowed or not.
package struct PolicyRequest: Sendable {
  /// Such as `s3:GetObject`.
  package var action: String
  /// The resource's ARN, or `*`.
  package var resource: String
  /// For trust and resource policies.
  package var principal: PolicyPrincipal?
  package var context: PolicyContext

  /// A request.
  package init(
    action: String, resource: String, principal: PolicyPrincipal? = nil,
    context: PolicyContext = PolicyContext()
  ) {
    self.action = action
    self.resource = resource
    self.principal = principal
    self.context = context
    self.context.work = PolicyWork()
  }

  /// Whether more work was wanted to decide than a request may cost.
  package var isTooCostly: Bool { context.work?.isSpent ?? false }
}
