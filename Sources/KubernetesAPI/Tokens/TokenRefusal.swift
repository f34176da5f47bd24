import Platform

/// Why a bearer token is not taken; the text is what TokenReview's `status.error` says.
enum TokenRefusal: Error, Hashable {
  /// Not a token of this cluster at all.
  case foreign
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
    let matching = audiences.filter(wanted.contains)
    guard !matching.isEmpty else { throw .audience(token: audiences, wanted: wanted) }
    return matching
  }

  /// Judges the token's times.
  func checkTimes(now: Instant) throws(TokenRefusal) {
    let nanoseconds = now.nanoseconds
    func instant(_ seconds: Int64, _ leeway: Int64) -> Int64 {
      Instant(seconds: seconds.addingReportingOverflow(leeway).partialValue).nanoseconds
    }
    if let notBefore, nanoseconds < instant(notBefore, -Self.leeway) { throw .notYetValid }
    if let expiry, nanoseconds > instant(expiry, Self.leeway) { throw .expired }
    if let issuedAt, nanoseconds < instant(issuedAt, -Self.leeway) { throw .issuedInFuture }
  }
}
