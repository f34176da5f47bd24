import AWSWire
package import AdminAPI
import HTTP
import Platform

/// What can be made to fail here.
package enum AWSAPIFaults {
  /// The operations of all services, and what EKS Auth can do besides.
  package static let catalogue = FaultCatalogue(
    operations: names.map(\.operation),
    special: Dictionary(
      uniqueKeysWithValues: [
        .noExpiration, .pastExpiration, .staleCredentials, .expiredToken, .wrongAudience,
        .associationNotVisible,
      ].map { ($0, [AssumeRoleForPodIdentity.name]) })
  ) { operation, code in
    let services =
      operation.flatMap { operation in names.first { $0.operation == operation }?.service }
      .map { [$0] } ?? AWSService.allCases
    return services.lazy.compactMap { KnownErrors.error(code, of: $0.rawValue) }.first
      .map { FaultError($0.code, $0.status, $0.message) }
  }

  private static let names: [(service: AWSService, operation: String)] =
    RESTDoor.eksAuth.names.map { (.eksAuth, $0) } + RESTDoor.eks.names.map { (.eks, $0) }
    + QueryDoor.sts.keys.sorted().map { (.sts, $0) }
    + QueryDoor.iam.keys.sorted().map { (.iam, $0) } + S3Route.names.map { (.s3, $0) }
}

extension AWSError {
  /// The error that a fault asks for.
  init(_ error: FaultError) { self.init(error.code, status: error.status, error.message) }
}

extension Fault {
  /// The Expiration that the answer gives of a session; nil for none.
  func expiration(_ session: IssuedSession) -> Instant? {
    if isSpecial(.noExpiration) { return nil }
    return isSpecial(.pastExpiration) ? session.ended.expires : session.expires
  }
}

extension IssuedSession {
  /// The same session, over before it began.
  var ended: IssuedSession {
    IssuedSession(
      roleARN: roleARN, roleID: roleID, sessionName: sessionName, tags: tags, issued: issued,
      expires: issued - .seconds(60), policy: policy)
  }
}
