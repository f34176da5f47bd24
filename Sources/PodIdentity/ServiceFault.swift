/// A fault that the code of a service carries out, whatever the protocol: a row of the table (``all``).
package struct ServiceFault: Sendable {
  /// What rules call it.
  package let name: String
  /// The operations that know it, by the names that events have.
  package let operations: [String]
  /// What it does, in one line.
  package let help: String

  private init(_ name: String, at operations: [String], _ help: String) {
    self.name = name
    self.operations = operations
    self.help = help
  }

  private static let agent = EventOperation.getCredentials
  private static let exchange = EventOperation.assumeRoleForPodIdentity
  private static let tokens = EventOperation.tokenRequest

  /// The rows, in the order in which they are listed.
  package static let all = [
    noExpiration, pastExpiration, staleCredentials, expiredToken, wrongAudience, garbageToken,
    associationNotVisible,
  ]

  package static let noExpiration = ServiceFault(
    "no-expiration", at: [agent, exchange], "credentials without an Expiration")
  package static let pastExpiration = ServiceFault(
    "past-expiration", at: [agent, exchange], "credentials whose Expiration is past")
  package static let staleCredentials = ServiceFault(
    "stale-credentials", at: [exchange],
    "credentials that are over, whatever their Expiration says")
  package static let expiredToken = ServiceFault(
    "expired-token", at: [exchange, tokens], "a pod's token that is expired, or taken for one")
  package static let wrongAudience = ServiceFault(
    "wrong-audience", at: [exchange, tokens],
    "a pod's token for another audience, or taken for one")
  package static let garbageToken = ServiceFault(
    "garbage-token", at: [tokens], "a pod's token whose signature no key of the cluster made")
  package static let associationNotVisible = ServiceFault(
    "association-not-visible", at: [exchange], "an association that EKS Auth does not see yet")
}
