import AdminAPI
import Cryptography
import JSON
import Platform
import PodIdentity

/// Issues ServiceAccounts' tokens: what `POST .../serviceaccounts/{name}/token` does
/// (kubernetes/kubernetes `pkg/registry/core/serviceaccount/storage/token.go`).
struct TokenIssuer: Sendable {
  private static let group = "authentication.k8s.io"
  private static let kind = "TokenRequest"

  let keyring: TokenKeyring
  let identity: TokenIdentity
  let clock: any WallClock
  let randomness: Randomness
  /// The shortest lifetime, as `--min-token-seconds` says.
  let minimumSeconds: Int64

  /// Answers a token request with the same, completed, and the text of a warning if there is one.
  ///
  /// A `node` gets tokens for pods that are on it alone. With a fault the token ends
  /// before it begins, is for another audience than the answer says, or has another's signature.
  func create(
    _ body: JSON, namespace: String, name: String, node: NodeIdentity?, fault: Fault? = nil,
    objects: some ClusterObjects
  ) async throws(StatusError) -> (object: JSON, warning: String?) {
    try checkMetadata(body["metadata"], namespace: namespace, name: name)
    guard
      let account = await objects.object(.serviceAccounts, namespace: namespace, name: name)
    else { throw .notFound(.serviceAccounts, name) }
    try checkUID(body["metadata"], account: account, name: name)
    let spec = body["spec"]
    let asked = spec?["audiences"]?.strings ?? []
    let audiences = asked.isEmpty ? identity.audiences : asked
    let requested = try seconds(spec?["expirationSeconds"])
    if let node {
      try await check(node, spec, namespace: namespace, account: name, objects: objects)
    }
    let binding = try await TokenBinding.resolve(
      spec?["boundObjectRef"], namespace: namespace, account: name, objects: objects)
    let lifetime = TokenLifetime(
      requested: requested, isPodBound: binding.pod != nil,
      isForThisServer: audiences.allSatisfy { identity.audiences.contains($0.bytes) })
    let isLate = fault?.isSpecial(ServiceFault.expiredToken.name) == true
    let isForOthers = fault?.isSpecial(ServiceFault.wrongAudience.name) == true
    let now = clock.now.wholeSeconds - .seconds(isLate ? lifetime.tokenSeconds + 60 : 0)
    let claims = ServiceAccountClaims(
      audiences: isForOthers ? ["another.audience"] : audiences,
      expiry: now.seconds + lifetime.tokenSeconds, issuedAt: now.seconds,
      notBefore: now.seconds, issuer: identity.issuer, id: randomness.uuid(),
      namespace: namespace,
      account: .init(name: name, uid: account.at("metadata", "uid")?.string ?? ""),
      pod: binding.pod, secret: binding.secret, node: binding.node,
      warnAfter: lifetime.isExtended ? now.seconds + lifetime.seconds : nil)
    let signed = try await sign(claims)
    let isGarbled = fault?.isSpecial(ServiceFault.garbageToken.name) == true
    let token = isGarbled ? Self.garbled(signed) : signed
    let object: JSON = [
      "kind": .string(Self.kind), "apiVersion": .string("\(Self.group)/v1"),
      "metadata": [
        "name": .string(name), "namespace": .string(namespace),
        "uid": .string(claims.account.uid), "creationTimestamp": .string(now.rfc3339),
      ],
      "spec": [
        "audiences": .strings(audiences), "expirationSeconds": .integer(lifetime.seconds),
        "boundObjectRef": binding.echo,
      ],
      "status": [
        "token": .string(token),
        "expirationTimestamp": .string((now + .seconds(lifetime.seconds)).rfc3339),
      ],
    ]
    return (object, lifetime.warning)
  }

  /// The token with its signature read backwards, which is one that no key made.
  private static func garbled(_ token: String) -> String {
    guard let genuine = try? JWT(compact: token) else { return token }
    return String(decoding: genuine.signingInput, as: UTF8.self) + "."
      + Base64.encodeURL(genuine.signature.reversed())
  }

  /// Signs on a thread of the pool: a signature takes longer than a loop may be kept.
  @concurrent
  private func sign(_ claims: ServiceAccountClaims) async throws(StatusError) -> String {
    do { return try await keyring.key().sign(claims.json) } catch {
      throw .internalError("the token cannot be signed: \(error)")
    }
  }

  private func checkMetadata(
    _ metadata: JSON?, namespace: String, name: String
  ) throws(StatusError) {
    for (member, expected) in [("name", name), ("namespace", namespace)] {
      guard let given = metadata?[member]?.string, !given.isEmpty, given.bytes != expected.bytes
      else {
        continue
      }
      throw .invalid(
        kind: Self.kind, group: Self.group, name: name,
        .invalidValue(
          "metadata.\(member)", "\"\(given)\"",
          "must match the service account \(member) if specified"))
    }
  }

  private func checkUID(_ metadata: JSON?, account: JSON, name: String) throws(StatusError) {
    guard let given = metadata?["uid"]?.string, !given.isEmpty,
      let uid = account.at("metadata", "uid")?.string, given.bytes != uid.bytes
    else { return }
    throw .conflict(
      kind: Self.kind, group: Self.group, name: name,
      "the UID in the token request (\(given)) does not match the UID of the service account "
        + "(\(uid))")
  }

  private func seconds(_ json: JSON?) throws(StatusError) -> Int64 {
    guard let seconds = json?.integer else { return 3600 }
    let reason: String
    if seconds < minimumSeconds {
      let shortest =
        minimumSeconds % 60 == 0 ? "\(minimumSeconds / 60) minutes" : "\(minimumSeconds) seconds"
      reason = "may not specify a duration less than \(shortest)"
    } else if seconds > 1 << 32 {
      reason = "may not specify a duration larger than 2^32 seconds"
    } else {
      return seconds
    }
    throw .invalid(
      kind: Self.kind, group: Self.group, name: "",
      .invalidValue("spec.expirationSeconds", "\(seconds)", reason))
  }

  /// What upstream's NodeRestriction asks of a node's token request.
  private func check(
    _ node: NodeIdentity, _ spec: JSON?, namespace: String, account: String,
    objects: some ClusterObjects
  ) async throws(StatusError) {
    let reference = spec?["boundObjectRef"]
    guard reference?["kind"] == "Pod", let pod = reference?["name"]?.string else {
      throw .forbidden(.serviceAccounts, account, "node requested token not bound to a pod")
    }
    guard !(reference?["uid"]?.string ?? "").isEmpty else {
      throw .forbidden(
        .serviceAccounts, account, "node requested token with a pod binding without a uid")
    }
    guard let object = await objects.object(.pods, namespace: namespace, name: pod) else {
      throw .notFound(.pods, pod)
    }
    guard node.holds(object) else {
      throw .forbidden(
        .serviceAccounts, account,
        "node requested token bound to a pod scheduled on a different node")
    }
    try node.checkAudience(spec?["audiences"]?.strings ?? [], of: object, account: account)
  }
}

/// In whose name tokens are issued, and for whom the API server's own are.
struct TokenIdentity: Sendable {
  let issuer: String
  /// The API server's audiences: its issuer, as upstream has it without `--api-audiences`.
  var audiences: [String] { [issuer] }
}
