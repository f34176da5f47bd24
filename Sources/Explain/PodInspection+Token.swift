import CommandCore
import Cryptography
import JSON
import Platform

/// The times of the token that lies in a pod's folder on this machine.
extension PodInspection {
  /// What an issuer's and the node's clock may differ by.
  private static let leeway = Duration.seconds(5)

  /// A token of a time that is not the stack's; nil where the files are kept by a sidecar elsewhere.
  func tokenOfAnotherTime() -> (text: String, mend: MendCommand)? {
    guard let text = try? PodTokenFile.read(of: pod, explainer.stack),
      let claims = (try? JWT(compact: text))?.claims, let issued = claims["iat"]?.integer,
      let expires = claims["exp"]?.integer
    else { return nil }
    return Self.objection(issued: issued, expires: expires, now: explainer.now).map { replaced($0) }
  }

  /// What is wrong with a token's times, in seconds since 1970; nil where nothing is.
  static func objection(issued: Int64, expires: Int64, now: Instant) -> String? {
    let ahead = Instant(seconds: issued) - now
    if ahead > leeway {
      return
        "has a token that was issued \(ahead.components.seconds) s from now: the stack's clock "
        + "was moved back since, and nobody has renewed the token"
    }
    let past = now - Instant(seconds: expires)
    guard past > leeway else { return nil }
    return "has a token that expired \(past.components.seconds) s ago, and nobody has renewed it"
  }
}
