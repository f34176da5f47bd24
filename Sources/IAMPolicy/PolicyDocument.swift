// IAM's policy language: documents read and refused as IAM does, evaluated with the reason. Pure: it
// knows no wire, no store and no time.

package import JSON

/// Why IAM refuses a document: always `MalformedPolicyDocument`, status 400.
package struct PolicyDocumentError: Error, Sendable {
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
  ///
  /// A member that an object has twice, at any depth, is refused: "Individual elements must not
  /// contain multiple instances of the same key" (IAM user guide, "Grammar of the IAM JSON policy
  /// language"). A document that was stored before may have one; of it the last value counts.
  package init(text: String, kind: Kind, isStored: Bool = false) throws(PolicyDocumentError) {
    guard let json = try? JSON.parse(text, refusesRepeats: !isStored) else {
      throw PolicyDocumentError(
        kind == .trust ? "This policy contains invalid Json" : "Syntax errors in policy.")
    }
    try self.init(json: json, kind: kind, isStored: isStored)
  }

  /// Validates a document; of one that was stored before, its principals may be unknown.
  package init(json: JSON, kind: Kind, isStored: Bool = false) throws(PolicyDocumentError) {
    let reader = PolicyDocumentReader(kind: kind, isStored: isStored)
    (version, statements) = try reader.read(json)
  }

  private init(version: String, statements: [PolicyStatement]) {
    self.version = version
    self.statements = statements
  }

  /// A document that denies everything, in the place of one that cannot be read.
  ///
  /// Without a principal it is about everybody, so it serves as a trust policy too.
  package static let denyingAll = PolicyDocument(
    version: "2012-10-17",
    statements: [
      PolicyStatement(
        checked: ["Effect": "Deny", "Action": "*", "Resource": "*"], variables: true)
    ])
}

extension PolicyDocument {
  /// Whether some Allow statement names the action and the service, conditions apart.
  ///
  /// So EKS looks at a trust policy when an association is made, before there is any request.
  package func mayAllow(_ action: String, to service: String) -> Bool {
    statements.contains { statement in
      guard statement.effect == .allow, let principal = statement.principal,
        !principal.isNegated,
        principal.isEverybody || principal.named[.service]?.contains(service.bytes) == true
      else { return false }
      return statement.actions.contains { $0.matches(action, ignoringCase: true) }
        != statement.negatesActions
    }
  }
}
