import Cryptography
import JSON
import Platform

/// Decides about a token of a pod whose credentials are kept under another token of that pod, as AWS's
/// agent 0.2 does.
///
/// The audience is not looked at: AWS's agent does not either where its endpoint is another's.
struct LocalValidation: Sendable {
  let keys: APIServerKeys
  let metrics: AgentMetrics
  let log: Log

  /// Whether the kept credentials may be handed out for the token; where not, EKS Auth decides.
  func admits(_ text: String) async -> Bool {
    guard keys.hasCluster else {
      metrics.count(localValidation: "skipped")
      return false
    }
    do throws(APIServerKeys.Objection) {
      guard let token = try? JWT(compact: text) else { throw .init("it does not parse") }
      try Self.checkClaims(token)
      try await keys.check(token)
    } catch {
      log.info("a token is not taken here, EKS Auth is asked", ["reason": .string(error.reason)])
      metrics.count(localValidation: "failure")
      return false
    }
    metrics.count(localValidation: "success")
    return true
  }

  private static func checkClaims(_ token: JWT) throws(APIServerKeys.Objection) {
    let isHexadecimal = token.keyID.map { id in
      id.utf8.count == 40 && id.utf8.allSatisfy { 0x30...0x39 ~= $0 || 0x61...0x66 ~= $0 }
    }
    guard isHexadecimal == true else { throw .init("its key id is not 40 hexadecimal digits") }
    let kubernetes = token.claims["kubernetes.io"]
    for path in [
      ["namespace"], ["serviceaccount", "name"], ["serviceaccount", "uid"], ["pod", "name"],
      ["pod", "uid"],
    ] {
      let value = path.reduce(kubernetes) { $0?[$1] }
      guard value?.string?.isEmpty == false else {
        throw .init("the claim \(path.joined(separator: ".")) is missing")
      }
    }
  }
}
