// The room of node-agent: the Pod Identity Agent's endpoint with its cache, and the kubelet's work
// for one node. It knows EKS Auth and the Kubernetes API by HTTP alone, and never verifies a token's
// signature, as AWS's agent does not.

import Cryptography
import JSON
import Platform
import PodIdentity

/// A token as the agent reads it: parsed, its signature not looked at
/// (golang-jwt v5.2.2, `ParseUnverified` with registered claims).
struct UnverifiedToken: Sendable {
  /// Why a token does not parse, in the words that the caller sees.
  struct Malformed: Error {
    let reason: String

    init(_ reason: String) { self.reason = reason }
  }

  private static let algorithms: Set<ByteText> = [
    "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "PS256",
    "PS384", "PS512", "EdDSA", "none",
  ]

  /// Seconds since the epoch; nil where the claim is absent.
  let expires: Double?
  let notBefore: Double?
  /// Whom the token claims to be, for events.
  let subject: EventSubject
  /// The pod that the token claims to be bound to.
  let pod: PodClaim

  /// Parses a token.
  init(_ text: String) throws(Malformed) {
    let token: JWT
    do throws(JWTMalformation) { token = try JWT(compact: text, as: .golang) } catch {
      throw Malformed("token is malformed: \(error.golangText)")
    }
    let claims = token.claims
    do throws(Malformed) {
      (expires, notBefore) = try RegisteredClaims.times(claims)
    } catch {
      throw Malformed("token is malformed: could not JSON decode claim: \(error.reason)")
    }
    guard let algorithm = token.header["alg"]?.string else {
      throw Malformed("token is unverifiable: signing method (alg) is unspecified")
    }
    guard Self.algorithms.contains(algorithm.bytes) else {
      throw Malformed("token is unverifiable: signing method (alg) is unavailable")
    }
    subject = EventSubject(claims: claims)
    pod = PodClaim(claims)
  }

  /// What the token's times object to, without leeway; nil where they hold.
  func objection(now: Instant) -> String? { Self.objection(expires, notBefore, now: now) }

  /// The objection of these times.
  static func objection(_ expires: Double?, _ notBefore: Double?, now: Instant) -> String? {
    let seconds = Double(now.nanoseconds) / 1e9
    var reasons: [String] = []
    if let expires, seconds >= expires { reasons.append("token is expired") }
    if let notBefore, seconds < notBefore { reasons.append("token is not valid yet") }
    return reasons.isEmpty ? nil : reasons.joined(separator: ", ")
  }
}

extension JWTMalformation {
  /// What golang-jwt says of it (`parser.go`, and Go's errors behind the colon).
  fileprivate var golangText: String {
    switch self {
    case .parts: "token contains an invalid number of segments"
    case .base64(let part, let position):
      "could not base64 decode \(part.golangName): illegal base64 data at input byte "
        + "\(position ?? 0)"
    case .json(let part, let reason):
      "could not JSON decode \(part.golangName): \(reason ?? "")"
    case .notObject(let part, let type):
      "could not JSON decode \(part.golangName): json: cannot unmarshal \(type) into Go value of "
        + "type \(part == .header ? "map[string]interface {}" : "jwt.RegisteredClaims")"
    }
  }
}

extension JWTMalformation.Part {
  fileprivate var golangName: String {
    switch self {
    case .header: "header"
    case .claims: "claim"
    case .signature: "signature"
    }
  }
}
