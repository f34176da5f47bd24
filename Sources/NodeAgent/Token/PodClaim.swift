import JSON

/// Which pod a token says that it is bound to, as AWS's agent 0.2 looks for it.
enum PodClaim: Sendable {
  /// The pod's UID, which may be empty.
  case uid(String)
  /// What is missing, in the words that the caller sees.
  case missing(String)

  /// Reads the claims.
  init(_ claims: JSON) {
    guard let kubernetes = claims["kubernetes.io"], kubernetes.object != nil else {
      self = .missing("kubernetes.io claims")
      return
    }
    guard let pod = kubernetes["pod"], pod.object != nil else {
      self = .missing("pod claims")
      return
    }
    self = pod["uid"]?.string.map { .uid($0) } ?? .missing("pod uid")
  }

  /// The UID; nil where the token is bound to no pod.
  var uid: String? {
    if case .uid(let uid) = self { uid } else { nil }
  }
}
