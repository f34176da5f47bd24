package import JSON
package import Platform

/// What the claims of a pod's ServiceAccount token say.
package struct PodToken: Sendable, Hashable {
  /// The audience that such a token must have.
  package static let audience = "pods.eks.amazonaws.com"

  package let issuer: String
  package let audiences: [String]
  package let notBefore: Instant?
  package let expires: Instant
  package let namespace: String
  package let serviceAccount: String
  package let podName: String
  package let podUID: String

  /// Reads verified claims.
  /// - Throws: which claim is missing.
  package init(claims: JSON) throws(TokenRefusal) {
    guard let issuer = claims["iss"]?.string else { throw .claimMissing("iss") }
    guard let expires = claims["exp"]?.double, expires.isFinite, abs(expires) < 9e9 else {
      throw .claimMissing("exp")
    }
    self.issuer = issuer
    self.expires = Instant(seconds: Int64(expires))
    notBefore = claims["nbf"]?.double.flatMap {
      $0.isFinite && abs($0) < 9e9 ? Instant(seconds: Int64($0)) : nil
    }
    audiences = claims["aud"]?.strings ?? claims["aud"]?.string.map { [$0] } ?? []
    guard let kubernetes = claims["kubernetes.io"] else { throw .claimMissing("kubernetes.io") }
    guard let namespace = kubernetes["namespace"]?.string,
      let serviceAccount = kubernetes.at("serviceaccount", "name")?.string,
      !namespace.isEmpty, !serviceAccount.isEmpty,
      claims["sub"]?.string == "system:serviceaccount:\(namespace):\(serviceAccount)"
    else { throw .claimMissing("kubernetes.io.serviceaccount") }
    guard let podName = kubernetes.at("pod", "name")?.string,
      let podUID = kubernetes.at("pod", "uid")?.string, !podName.isEmpty, !podUID.isEmpty
    else { throw .noPod(namespace: namespace, serviceAccount: serviceAccount) }
    self.namespace = namespace
    self.serviceAccount = serviceAccount
    self.podName = podName
    self.podUID = podUID
  }

  /// Judges issuer, audience and times.
  package func check(issuer expected: String, now: Instant) throws(TokenRefusal) {
    guard issuer == expected else { throw .issuer(issuer, expected: expected) }
    guard audiences.contains(Self.audience) else { throw .audience(audiences) }
    if let notBefore, now < notBefore { throw .notYetValid(from: notBefore, now: now) }
    guard now < expires else { throw .expired(at: expires, now: now) }
  }

  /// Whom events about this token concern.
  package var subject: EventSubject {
    EventSubject(namespace: namespace, serviceAccount: serviceAccount, pod: podName)
  }
}

/// Why a token is refused.
package enum TokenRefusal: Error, Sendable, Hashable {
  /// Not a JWT; the reason.
  case malformed(String)
  /// No key of the cluster made this signature; the reason.
  case signature(String)
  case claimMissing(String)
  /// A token that is bound to no pod.
  case noPod(namespace: String, serviceAccount: String)
  case issuer(String, expected: String)
  case audience([String])
  case notYetValid(from: Instant, now: Instant)
  case expired(at: Instant, now: Instant)
}
