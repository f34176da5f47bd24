/// What can be made to fail at a server: its operations, and what it can do beyond HTTP.
package struct FaultCatalogue: Sendable {
  /// The operations by the names that events have.
  package let operations: [String]
  /// The actions that the service itself carries out, with the operations that know them.
  package let special: [ServiceFault: [String]]
  /// An error of an operation by its code; nil for a code that is not known.
  package let error: @Sendable (_ operation: String?, _ code: String) -> FaultError?

  /// A catalogue.
  package init(
    operations: [String], special: [ServiceFault: [String]] = [:],
    error: @escaping @Sendable (_ operation: String?, _ code: String) -> FaultError? = { _, _ in
      nil
    }
  ) {
    self.operations = operations
    self.special = special
    self.error = error
  }
}

/// An error that a fault answers with.
package struct FaultError: Sendable, Hashable {
  package let code: String
  package let status: Int
  package let message: String

  /// An error of these parts.
  package init(_ code: String, _ status: Int, _ message: String) {
    self.code = code
    self.status = status
    self.message = message
  }
}

/// A fault that a service carries out itself, by the name that rules have for it.
package enum ServiceFault: String, Sendable {
  /// Credentials without an Expiration.
  case noExpiration = "no-expiration"
  /// Credentials whose Expiration is past.
  case pastExpiration = "past-expiration"
  /// Credentials that are over, though their Expiration says otherwise.
  case staleCredentials = "stale-credentials"
  /// A token that is expired, or is taken for one.
  case expiredToken = "expired-token"
  /// A token for another audience, or taken for one.
  case wrongAudience = "wrong-audience"
  /// An association that is not seen yet.
  case associationNotVisible = "association-not-visible"
}
