// IAM's policy language: documents read and refused as IAM does, evaluated with the reason. Pure: it
// knows no wire, no store and no time.

package import JSON

/// Why IAM refuses a document: always `MalformedPolicyDocument`, status 400.
package struct PolicyDocumentError: Error, Sendable, Hashable {
  /// IAM's own text.
  package let message: String

  init(_ message: String) { self.message = message }
}

/// A policy document that IAM would accept.
package struct PolicyDocument: Sendable {
  /// What a document is for: each has its own rules.
  package enum Kind: Sendable {
    /// A role's inline policy.
    case inline
    /// A managed policy: Version 2012-10-17 is required.
    case managed
    /// A role's trust policy.
    case trust
    /// A session policy.
    case session
  }

  package let version: String
  package let statements: [PolicyStatement]

  /// Reads and validates a document.
  package init(text: String, kind: Kind) throws(PolicyDocumentError) {
    guard let json = try? JSON.parse(text) else {
      throw PolicyDocumentError(
        kind == .trust ? "This policy contains invalid Json" : "Syntax errors in policy.")
    }
    try self.init(json: json, kind: kind)
  }

  /// Validates a document.
  package init(json: JSON, kind: Kind) throws(PolicyDocumentError) {
    let reader = PolicyDocumentReader(kind: kind)
    (version, statements) = try reader.read(json)
  }
}

extension PolicyDocument {
  /// Whether some Allow statement names the action and the service, conditions apart.
  ///
  /// So EKS looks at a trust policy when an association is made, before there is any request.
  package func mayAllow(_ action: String, to service: String) -> Bool {
    statements.contains { statement in
      guard statement.effect == .allow, let principal = statement.principal,
        !principal.isNegated,
        principal.isEverybody || principal.named[.service]?.contains(service) == true
      else { return false }
      return statement.actions.contains { $0.matches(action, ignoringCase: true) }
        != statement.negatesActions
    }
  }
}
