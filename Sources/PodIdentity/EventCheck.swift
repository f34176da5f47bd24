import JSON
package import Platform

/// The checks that events of all servers name, and what podid and its console make of them.
///
/// The list is closed: a server names no other, and a new one is a row here and in ``all``.
extension Event.Check {
  // The agent, before it asks EKS Auth.
  package static let host = Self(row: "host")
  package static let origin = Self(row: "origin")
  package static let tokenPresent = Self(row: "token-present")
  package static let tokenTimes = Self(row: "token-times")
  package static let tokenBinding = Self(row: "token-binding")
  /// EKS Auth refused, or could not be asked; its own event has the reason.
  package static let eksAuth = Self(row: "eks-auth")
  /// A pod's volumes could not be written.
  package static let volumes = Self(row: "volumes")

  // The agent and EKS Auth.
  package static let tokenFormat = Self(row: "token-format")

  // EKS Auth.
  package static let tokenSignature = Self(row: "token-signature")
  package static let tokenClaims = Self(row: "token-claims")
  package static let tokenIssuer = Self(row: "token-issuer")
  package static let tokenAudience = Self(row: "token-audience")
  package static let tokenNotBefore = Self(row: "token-not-before")
  package static let tokenExpiry = Self(row: "token-expiry")
  package static let tokenKeys = Self(row: "token-keys")
  package static let cluster = Self(row: "cluster")
  /// There is no association, or one that cannot be made or looked up.
  package static let association = Self(row: "association")
  package static let role = Self(row: "role")
  package static let trustPolicy = Self(row: "trust-policy")
  package static let targetRolePermission = Self(row: "target-role-permission")

  // Every AWS service.
  package static let authentication = Self(row: "authentication")
  package static let identityPolicy = Self(row: "identity-policy")
  package static let sessionPolicy = Self(row: "session-policy")
  package static let request = Self(row: "request")
  package static let server = Self(row: "server")
  package static let store = Self(row: "store")
  package static let bucket = Self(row: "bucket")
  package static let key = Self(row: "key")

  // kubernetes-api.
  /// A bearer token that authenticates nobody.
  package static let token = Self(row: "token")
  package static let tokenRequest = Self(row: "token-request")

  // Every server.
  /// A fault that somebody set.
  package static let fault = Self(row: "fault")

  /// All rows.
  package static let all: [Self] = [
    host, origin, tokenPresent, tokenTimes, tokenBinding, eksAuth, volumes, tokenFormat,
    tokenSignature, tokenClaims, tokenIssuer, tokenAudience, tokenNotBefore, tokenExpiry, tokenKeys,
    cluster, association, role, trustPolicy, targetRolePermission, authentication, identityPolicy,
    sessionPolicy, request, server, store, bucket, key, token, tokenRequest, fault,
  ]

  /// The row of a name; nil for what a server of another version may say.
  package static func named(_ name: String) -> Self? {
    all.first { $0.name.bytes == name.bytes }
  }

  /// Whether its failing means that somebody decided against the call, rather than that something
  /// was missing, wrong with the request, or broken.
  package var isDecision: Bool {
    ![Self.fault, .key, .bucket, .request, .server, .store].contains(self)
  }
}
