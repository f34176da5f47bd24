import JSON

/// A policy with the name under which messages mention it.
package struct NamedPolicy: Sendable {
  package let name: String
  package let document: PolicyDocument

  /// A policy.
  package init(name: String, document: PolicyDocument) {
    self.name = name
    self.document = document
  }
}

/// A statement in a message: `policy s3-read, statement ListIt` or `..., statement 1`.
package struct StatementReference: Sendable {
  package let policy: String
  /// The Sid, or the place counted from 1.
  package let statement: String

  /// A reference.
  package init(policy: String, statement: String) {
    self.policy = policy
    self.statement = statement
  }

  /// The reference as it is shown.
  package var text: String { "policy \(policy), statement \(statement)" }
}

/// By bytes.
extension StatementReference: Equatable {
  package static func == (left: StatementReference, right: StatementReference) -> Bool {
    left.policy.bytes == right.policy.bytes && left.statement.bytes == right.statement.bytes
  }
}

/// How policies decide.
package enum PolicyDecision: Sendable {
  case allowed(by: StatementReference)
  case explicitlyDenied(by: StatementReference, in: PolicySource)
  /// Nothing denies, and nothing of this source allows.
  case implicitlyDenied(missing: PolicySource)

  /// Whether the request may go on.
  package var isAllowed: Bool {
    if case .allowed = self { return true }
    return false
  }
}

/// Where a policy comes from, as AWS's refusals name it.
package enum PolicySource: String, Sendable {
  case identity = "identity-based policy"
  case boundary = "permissions boundary"
  case session = "session policy"
  case resource = "resource-based policy"

  /// With its article: "an identity-based policy".
  package var withArticle: String { self == .identity ? "an \(rawValue)" : "a \(rawValue)" }
}

/// Why one statement did or did not apply, for `podid explain` and the event log.
package struct StatementTrace: Sendable {
  package let reference: StatementReference
  package let outcome: PolicyOutcome
  /// The first thing that did not match, or could not be evaluated; nil where all matched.
  package let mismatch: String?
  private let statement: PolicyStatement
  private let context: PolicyContext

  /// A statement, held against a request.
  init(
    _ statement: PolicyStatement, _ request: PolicyRequest, reference: StatementReference
  ) {
    let misfit = statement.misfit(request)
    self.statement = statement
    self.reference = reference
    context = request.context
    outcome = misfit?.outcome ?? .match
    mismatch = misfit.map { statement.explanation($0, request) }
  }

  package var effect: PolicyStatement.Effect { statement.effect }

  /// Whether the statement counts, as a Deny does that cannot be evaluated.
  package var counts: Bool { outcome.counts(for: effect) }

  /// Each of its conditions, held against the request when they are asked for.
  package var conditions: [ConditionTrace] { statement.conditions.map { $0.trace(context) } }
}

/// The policies that decide over one principal's requests.
package struct PolicyEvaluation: Sendable {
  package var identity: [NamedPolicy]
  package var boundary: NamedPolicy?
  package var session: [NamedPolicy]
  package var resource: [NamedPolicy]

  /// An evaluation of these policies.
  package init(
    identity: [NamedPolicy], boundary: NamedPolicy? = nil, session: [NamedPolicy] = [],
    resource: [NamedPolicy] = []
  ) {
    self.identity = identity
    self.boundary = boundary
    self.session = session
    self.resource = resource
  }

  /// Decides: a Deny anywhere wins; else every kind of policy that is there must allow, where an
  /// identity or a resource policy of the same account will do.
  package func decide(_ request: PolicyRequest) -> PolicyDecision {
    let decision = decideAtAnyCost(request)
    // Differs from AWS: what took too long to be looked at might deny.
    return request.isTooCostly ? .implicitlyDenied(missing: .identity) : decision
  }

  private func decideAtAnyCost(_ request: PolicyRequest) -> PolicyDecision {
    let sources: [(PolicySource, [NamedPolicy])] = [
      (.identity, identity), (.boundary, boundary.map { [$0] } ?? []), (.session, session),
      (.resource, resource),
    ]
    for (source, policies) in sources {
      if let found = Self.first(.deny, in: policies, request) {
        return .explicitlyDenied(by: found, in: source)
      }
    }
    let granted =
      Self.first(.allow, in: identity, request) ?? Self.first(.allow, in: resource, request)
    guard let granted else { return .implicitlyDenied(missing: .identity) }
    if let boundary, Self.first(.allow, in: [boundary], request) == nil {
      return .implicitlyDenied(missing: .boundary)
    }
    if !session.isEmpty, Self.first(.allow, in: session, request) == nil {
      return .implicitlyDenied(missing: .session)
    }
    return .allowed(by: granted)
  }

  private static func first(
    _ effect: PolicyStatement.Effect, in policies: [NamedPolicy], _ request: PolicyRequest
  ) -> StatementReference? {
    for policy in policies {
      for (index, statement) in policy.document.statements.enumerated()
      where statement.effect == effect && statement.counts(for: request) {
        return StatementReference(policy: policy.name, statement: statement.sid ?? "\(index + 1)")
      }
    }
    return nil
  }

  /// The statement that decided, with what came of each of its conditions; nil where none did.
  package func deciding(
    _ decision: PolicyDecision, _ request: PolicyRequest
  ) -> StatementTrace? {
    let found: StatementReference
    let policies: [NamedPolicy]
    switch decision {
    case .allowed(let statement): (found, policies) = (statement, identity + resource)
    case .explicitlyDenied(let statement, .identity): (found, policies) = (statement, identity)
    case .explicitlyDenied(let statement, .session): (found, policies) = (statement, session)
    case .explicitlyDenied(let statement, .resource): (found, policies) = (statement, resource)
    case .explicitlyDenied(let statement, .boundary):
      (found, policies) = (statement, boundary.map { [$0] } ?? [])
    case .implicitlyDenied: return nil
    }
    let effect: PolicyStatement.Effect = decision.isAllowed ? .allow : .deny
    return Self.trace(policies, request).first {
      $0.reference == found && $0.effect == effect && $0.counts
    }
  }

  /// Every statement with the first thing that did not match, in order.
  package static func trace(
    _ policies: [NamedPolicy], _ request: PolicyRequest
  ) -> [StatementTrace] {
    policies.flatMap { policy in
      policy.document.statements.enumerated().map { index, statement in
        StatementTrace(
          statement, request,
          reference: StatementReference(
            policy: policy.name, statement: statement.sid ?? "\(index + 1)"))
      }
    }
  }
}
