import JSON
import Platform

/// Why a bearer token is not taken; the text is what TokenReview's `status.error` says.
enum TokenRefusal: Error {
  /// Not a token of this cluster at all.
  case foreign
  /// A time of the claims is not a number (RFC 7519 section 2).
  case numericDate
  /// Its claims never end it.
  case endless
  case badSignature
  case unknownKey
  case audience(token: [String], wanted: [String])
  case expired
  case notYetValid
  case issuedInFuture
  /// The object the token is bound to is gone.
  case invalidated
  case accountMissing(String)
  case accountReplaced(uid: String, claim: String)
  case podReplaced(uid: String, claim: String)
  case nodeReplaced(uid: String, claim: String)

  /// The text in `status.error`.
  var reviewText: String {
    guard let reason else { return "invalid bearer token" }
    return "[invalid bearer token, \(reason)]"
  }

  private var reason: String? {
    switch self {
    case .foreign: nil
    case .numericDate: "go-jose/go-jose/jwt: expected number value to unmarshal NumericDate"
    // kube-apiserver takes it, but never issues one.
    case .endless:
      "service account token claims could not be validated due to unexpected validation error"
    case .badSignature: "go-jose/go-jose: error in cryptographic primitive"
    case .unknownKey: "invalid signature, no keys found"
    case .audience(let token, let wanted):
      "token audiences \(Self.quoted(token)) is invalid for the target audiences "
        + Self.quoted(wanted)
    case .expired: "service account token has expired"
    case .notYetValid: "service account token is not valid yet"
    case .issuedInFuture: "service account token is issued in the future"
    case .invalidated: "service account token has been invalidated"
    case .accountMissing(let name): "serviceaccounts \"\(name)\" not found"
    case .accountReplaced(let uid, let claim):
      "service account UID (\(uid)) does not match claim (\(claim))"
    case .podReplaced(let uid, let claim):
      "pod UID (\(uid)) does not match service account pod ref claim (\(claim))"
    case .nodeReplaced(let uid, let claim):
      "node UID (\(uid)) does not match service account node ref claim (\(claim))"
    }
  }

  /// A list of strings as Go's `%q` writes it.
  private static func quoted(_ values: [String]) -> String {
    "[" + values.map { "\"\($0)\"" }.joined(separator: " ") + "]"
  }
}

extension ServiceAccountClaims {
  /// The minute that upstream grants to clocks that differ, and to objects just deleted.
  static let leeway: Int64 = 60

  /// The audiences of the token that are wanted.
  func audiences(among wanted: [String]) throws(TokenRefusal) -> [String] {
    let matching = audiences.filter { wanted.contains($0.bytes) }
    guard !matching.isEmpty else { throw .audience(token: audiences, wanted: wanted) }
    return matching
  }

  /// Judges the token's times.
  func checkTimes(now: Instant) throws(TokenRefusal) {
    let leeway = Duration.seconds(Self.leeway)
    if let notBefore, now < Instant(seconds: notBefore) - leeway { throw .notYetValid }
    guard let expiry else { throw .endless }
    guard now <= Instant(seconds: expiry) + leeway else { throw .expired }
    if let issuedAt, now < Instant(seconds: issuedAt) - leeway { throw .issuedInFuture }
  }
}
