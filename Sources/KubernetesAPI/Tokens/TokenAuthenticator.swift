import Cryptography
import JSON
import Platform

/// Tells from a bearer token who is asking; ServiceAccounts' tokens are checked against the cluster
/// as it is now (kubernetes/kubernetes `pkg/serviceaccount/jwt.go` and `claims.go`).
struct TokenAuthenticator: Sendable {
  /// A token that was taken.
  struct Verdict: Sendable {
    let user: KubernetesUser
    /// The audiences that were wanted and that the token is for.
    let audiences: [String]
  }

  let keyring: TokenKeyring
  let identity: TokenIdentity
  let clock: any WallClock
  let staticTokens: StaticTokens

  /// Judges a token, which must be for one of the wanted audiences.
  ///
  /// None wanted means the API server's own.
  func authenticate(
    _ token: String, wanted: [String] = [], objects: some ClusterObjects
  ) async throws(TokenRefusal) -> Verdict {
    let wanted = wanted.isEmpty ? identity.audiences : wanted
    if let user = staticTokens.user(of: token) {
      // A static token is for the API server, whatever it is asked for.
      let matching = wanted.filter { identity.audiences.contains($0.bytes) }
      guard !matching.isEmpty else { throw .foreign }
      return Verdict(user: user, audiences: matching)
    }
    guard let jwt = try? JWT(compact: token),
      jwt.claims["iss"]?.string?.bytes == identity.issuer.bytes,
      let key = try? await keyring.key()
    else { throw .foreign }
    try key.verify(jwt)
    try ServiceAccountClaims.checkTimes(of: jwt.claims)
    guard let claims = ServiceAccountClaims(json: jwt.claims) else { throw .foreign }
    let audiences = try claims.audiences(among: wanted)
    try claims.checkTimes(now: clock.now)
    try await checkObjects(claims, objects: objects)
    return Verdict(user: KubernetesUser(claims), audiences: audiences)
  }

  private func checkObjects(
    _ claims: ServiceAccountClaims, objects: some ClusterObjects
  ) async throws(TokenRefusal) {
    let namespace = claims.namespace
    let name = claims.account.name
    guard
      let account = await objects.object(.serviceAccounts, namespace: namespace, name: name)
    else { throw .accountMissing(name) }
    if isGone(account) { throw .invalidated }
    let uid = Self.uid(account)
    guard uid.bytes == claims.account.uid.bytes else {
      throw .accountReplaced(uid: uid, claim: claims.account.uid)
    }
    if let pod = claims.pod {
      let uid = try await uidOf(.pods, pod, namespace: namespace, objects: objects)
      guard uid.bytes == pod.uid.bytes else { throw .podReplaced(uid: uid, claim: pod.uid) }
    } else if let secret = claims.secret {
      let uid = try await uidOf(.secrets, secret, namespace: namespace, objects: objects)
      guard uid.bytes == secret.uid.bytes else { throw .invalidated }
    } else if let node = claims.node {
      let uid = try await uidOf(.nodes, node, namespace: "", objects: objects)
      guard uid.bytes == node.uid.bytes else { throw .nodeReplaced(uid: uid, claim: node.uid) }
    }
  }

  private func uidOf(
    _ kind: ResourceKind, _ reference: ServiceAccountClaims.Reference, namespace: String,
    objects: some ClusterObjects
  ) async throws(TokenRefusal) -> String {
    guard
      let object = await objects.object(kind, namespace: namespace, name: reference.name),
      !isGone(object)
    else { throw .invalidated }
    return Self.uid(object)
  }

  /// Whether the object's deletion lies further back than clocks may differ.
  private func isGone(_ object: JSON) -> Bool {
    guard let text = object.at("metadata", "deletionTimestamp")?.string,
      let deleted = Instant(rfc3339: text)
    else { return false }
    return deleted < clock.now - .seconds(ServiceAccountClaims.leeway)
  }

  private static func uid(_ object: JSON) -> String {
    object.at("metadata", "uid")?.string ?? ""
  }
}

extension KubernetesUser {
  /// The user that a ServiceAccount's token stands for.
  init(_ claims: ServiceAccountClaims) {
    let prefix = "authentication.kubernetes.io/"
    var extra: [ByteText: [String]] = [:]
    if let id = claims.id { extra["\(prefix)credential-id"] = ["JTI=\(id)"] }
    if let node = claims.node {
      extra["\(prefix)node-name"] = [node.name]
      if !node.uid.isEmpty { extra["\(prefix)node-uid"] = [node.uid] }
    }
    if let pod = claims.pod {
      extra["\(prefix)pod-name"] = [pod.name]
      extra["\(prefix)pod-uid"] = [pod.uid]
    }
    self.init(
      name: claims.username, uid: claims.account.uid,
      groups: [
        "system:serviceaccounts", "system:serviceaccounts:\(claims.namespace)",
        "system:authenticated",
      ], extra: extra)
  }
}
