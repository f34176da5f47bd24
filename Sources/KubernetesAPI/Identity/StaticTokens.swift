import Cryptography

/// The bearer tokens of the kubeconfigs, known by their digests.
struct StaticTokens: Sendable {
  private let entries: [(digest: [UInt8], user: KubernetesUser)]

  /// Tokens with whom they stand for.
  init(_ tokens: [(token: String, user: KubernetesUser)]) {
    entries = tokens.map { (SHA256.digest(Array($0.token.utf8)), $0.user) }
  }

  /// The user of a token; the time it takes does not depend on the token.
  func user(of token: String) -> KubernetesUser? {
    let digest = SHA256.digest(Array(token.utf8))
    var found: KubernetesUser?
    for entry in entries where constantTimeEqual(entry.digest, digest) { found = entry.user }
    return found
  }
}

extension KubernetesUser {
  /// The administrator, as upstream's kubeconfigs have it.
  static let administrator = KubernetesUser(
    name: "kubernetes-admin", groups: ["system:masters", "system:authenticated"])
  /// The node of this name, which node-agent is.
  static func node(_ name: String) -> KubernetesUser {
    KubernetesUser(name: "system:node:\(name)", groups: ["system:nodes", "system:authenticated"])
  }
  /// Whoever sends no token.
  static let anonymous = KubernetesUser(
    name: "system:anonymous", groups: ["system:unauthenticated"])
}
