import AWSDoor
import Cryptography
import JSON
import Platform
import PodIdentity

/// What the claims of a pod's ServiceAccount token say.
struct PodToken: Sendable {
  /// The audience that such a token must have.
  static let audience = PodIdentityService.name

  let issuer: String
  let audiences: [String]
  let notBefore: Instant?
  let expires: Instant
  let namespace: String
  let serviceAccount: String
  let podName: String
  let podUID: String

  /// Reads verified claims.
  /// - Throws: which claim is missing.
  init(claims: JSON) throws(TokenRefusal) {
    guard let issuer = claims["iss"]?.string else { throw .claimMissing("iss") }
    guard let expires = try Self.time("exp", of: claims) else { throw .claimMissing("exp") }
    self.issuer = issuer
    self.expires = expires
    notBefore = try Self.time("nbf", of: claims)
    _ = try Self.time("iat", of: claims)
    audiences = JWT.audiences(in: claims)
    guard let kubernetes = claims["kubernetes.io"] else { throw .claimMissing("kubernetes.io") }
    guard let namespace = kubernetes["namespace"]?.string,
      let serviceAccount = kubernetes.at("serviceaccount", "name")?.string,
      !namespace.isEmpty, !serviceAccount.isEmpty,
      claims["sub"]?.string?.bytes == "system:serviceaccount:\(namespace):\(serviceAccount)"
    else { throw .claimMissing("kubernetes.io.serviceaccount") }
    guard let podName = kubernetes.at("pod", "name")?.string,
      let podUID = kubernetes.at("pod", "uid")?.string, !podName.isEmpty, !podUID.isEmpty
    else { throw .noPod(namespace: namespace, serviceAccount: serviceAccount) }
    self.namespace = namespace
    self.serviceAccount = serviceAccount
    self.podName = podName
    self.podUID = podUID
  }

  /// A time of the claims in whole seconds, which must be a number if it is there (RFC 7519
  /// section 2).
  private static func time(_ name: String, of claims: JSON) throws(TokenRefusal) -> Instant? {
    guard let value = claims[name] else { return nil }
    guard let seconds = value.double, let time = Instant(fractionalSeconds: seconds) else {
      throw .claimMissing(name)
    }
    return time.wholeSeconds
  }

  /// Judges issuer, audience and times.
  func check(issuer expected: String, now: Instant) throws(TokenRefusal) {
    guard issuer.bytes == expected.bytes else { throw .issuer(issuer, expected: expected) }
    guard audiences.contains(Self.audience.bytes) else { throw .audience(audiences) }
    if let notBefore, now < notBefore { throw .notYetValid(from: notBefore, now: now) }
    guard now < expires else { throw .expired(at: expires, now: now) }
  }

  /// Whom events about this token concern.
  var subject: EventSubject {
    EventSubject(namespace: namespace, serviceAccount: serviceAccount, pod: podName)
  }
}

/// Why a token is refused.
enum TokenRefusal: Error, Sendable {
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
