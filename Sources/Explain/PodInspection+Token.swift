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
    let ahead = Instant(seconds: issued) - explainer.now
    if ahead > Self.leeway {
      return replaced(
        "has a token that was issued \(ahead.components.seconds) s from now: the stack's clock was "
          + "moved back since, and nobody has renewed the token")
    }
    let past = explainer.now - Instant(seconds: expires)
    guard past > Self.leeway else { return nil }
    return replaced(
      "has a token that expired \(past.components.seconds) s ago, and nobody has renewed it")
  }
}
