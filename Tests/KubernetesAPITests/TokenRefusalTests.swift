import Cryptography
import JSON
import Platform
import Testing

@testable import KubernetesAPI

/// Why tokens are not taken, and for whom they are.
@Suite struct TokenRefusalTests {
  private static func wrapped(_ reason: String) -> String { "[invalid bearer token, \(reason)]" }

  @Test(
    "each refusal has a text of its own",
    arguments: [
      (.foreign, "invalid bearer token"),
      (
        .numericDate, wrapped("go-jose/go-jose/jwt: expected number value to unmarshal NumericDate")
      ),
      (
        .endless,
        wrapped(
          "service account token claims could not be validated due to unexpected validation error")
      ),
      (.badSignature, wrapped("go-jose/go-jose: error in cryptographic primitive")),
      (.unknownKey, wrapped("invalid signature, no keys found")),
      (
        .audience(token: [], wanted: ["x", "y"]),
        wrapped(#"token audiences [] is invalid for the target audiences ["x" "y"]"#)
      ),
      (.expired, wrapped("service account token has expired")),
      (.notYetValid, wrapped("service account token is not valid yet")),
      (.issuedInFuture, wrapped("service account token is issued in the future")),
      (.invalidated, wrapped("service account token has been invalidated")),
      (.accountMissing("a"), wrapped("serviceaccounts \"a\" not found")),
      (
        .accountReplaced(uid: "u", claim: "c"),
        wrapped("service account UID (u) does not match claim (c)")
      ),
      (
        .podReplaced(uid: "u", claim: "c"),
        wrapped("pod UID (u) does not match service account pod ref claim (c)")
      ),
      (
        .nodeReplaced(uid: "u", claim: "c"),
        wrapped("node UID (u) does not match service account node ref claim (c)")
      ),
    ] as [(TokenRefusal, String)])
  func texts(refusal: TokenRefusal, text: String) { #expect(refusal.reviewText == text) }

  /// Why a token is refused; nil where it is taken.
  private func refusal(
    _ world: IdentityWorld, _ token: String, wanted: [String] = []
  ) async -> String? {
    do throws(TokenRefusal) {
      _ = try await world.authenticator.authenticate(token, wanted: wanted, objects: world.objects)
      return nil
    } catch { return error.reviewText }
  }

  @Test(
    "a static token is for the API server alone",
    arguments: [
      ([], [IdentityWorld.issuer]), ([IdentityWorld.issuer, "x"], [IdentityWorld.issuer]),
      (["x"], nil),
    ] as [([String], [String]?)])
  func staticTokens(wanted: [String], audiences: [String]?) async throws {
    let world = try IdentityWorld()
    let verdict = try? await world.authenticator.authenticate(
      "admin-token", wanted: wanted, objects: world.objects)
    #expect(verdict?.audiences == audiences)
    if audiences == nil {
      #expect(
        await refusal(world, "admin-token", wanted: wanted) == "invalid bearer token")
    }
  }

  @Test("a token ends a minute after its time, and with its account, whatever it is bound to")
  func ends() async throws {
    let world = try IdentityWorld()
    let token = try await world.token(["expirationSeconds": 600])
    world.clock.advance(by: .seconds(660))
    #expect(await refusal(world, token) == nil)
    world.clock.advance(by: .seconds(1))
    #expect(await refusal(world, token) == Self.wrapped("service account token has expired"))
    let other = try await world.token()
    let deleted = world.clock.now.rfc3339
    world.objects.put(
      .serviceAccounts, "default", "app", ["metadata": ["deletionTimestamp": .string(deleted)]])
    world.clock.advance(by: .seconds(60))
    #expect(await refusal(world, other) == nil)
    world.clock.advance(by: .seconds(1))
    #expect(
      await refusal(world, other)
        == Self.wrapped("service account token has been invalidated"))
  }

  @Test("what a token is bound to is told by its kind where another has its name")
  func replaced() async throws {
    let world = try IdentityWorld()
    func bound(_ kind: String, _ name: String) async throws -> String {
      try await world.token([
        "boundObjectRef": ["kind": .string(kind), "apiVersion": "v1", "name": .string(name)]
      ])
    }
    let secret = try await bound("Secret", "s")
    let node = try await bound("Node", "local-node")
    world.objects.put(.secrets, "default", "s", ["metadata": ["uid": "new"]])
    world.objects.put(.nodes, "", "local-node", ["metadata": ["uid": "new"]])
    #expect(
      await refusal(world, secret) == Self.wrapped("service account token has been invalidated"))
    #expect(
      await refusal(world, node)
        == Self.wrapped(
          "node UID (new) does not match service account node ref claim (uid-nodes-local-node)"))
  }

  @Test("of a pod's token the pod counts, not its node")
  func podsNode() async throws {
    let world = try IdentityWorld()
    let token = try await world.token([
      "boundObjectRef": ["kind": "Pod", "apiVersion": "v1", "name": "p1"]
    ])
    world.objects.remove(.nodes, "", "local-node")
    #expect(await refusal(world, token) == nil)
  }

  @Test("a token of another issuer, or that names no account, is none of this cluster's")
  func foreign() async throws {
    let world = try IdentityWorld()
    let good = try JWT(compact: try await world.token())
    let key = try #require(world.keyring.current?.key)
    for (name, value) in [
      ("iss", "https://other"), ("iss", nil), ("kubernetes.io", nil), ("kubernetes.io", [:]),
      ("kubernetes.io", ["namespace": "default"]),
    ] as [(String, JSON?)] {
      var claims = good.claims.object ?? [:]
      claims[name] = value
      let token = try JWT.signed(header: good.header, claims: .object(claims), by: key)
      #expect(await refusal(world, token) == "invalid bearer token", "\(name)")
    }
  }

  @Test("the user of a token knows its pod and node, as far as it names them")
  func extras() {
    func names(_ claims: ServiceAccountClaims) -> [String: [String]] {
      let prefix = "authentication.kubernetes.io/"
      return Dictionary(
        uniqueKeysWithValues: KubernetesUser(claims).extra.map {
          (String($0.key.string.dropFirst(prefix.count)), $0.value)
        })
    }
    var claims = ServiceAccountClaims(
      audiences: [], issuer: "i", namespace: "n", account: .init(name: "a", uid: "u"))
    #expect(names(claims).isEmpty)
    claims.id = "j"
    claims.node = .init(name: "l", uid: "")
    #expect(names(claims) == ["credential-id": ["JTI=j"], "node-name": ["l"]])
    claims.node = .init(name: "l", uid: "lu")
    claims.pod = .init(name: "p", uid: "pu")
    #expect(
      names(claims) == [
        "credential-id": ["JTI=j"], "node-name": ["l"], "node-uid": ["lu"], "pod-name": ["p"],
        "pod-uid": ["pu"],
      ])
    let user = KubernetesUser(claims)
    #expect(user.name == "system:serviceaccount:n:a" && user.uid == "u")
    #expect(
      user.json == [
        "username": "system:serviceaccount:n:a", "uid": "u",
        "groups": ["system:serviceaccounts", "system:serviceaccounts:n", "system:authenticated"],
        "extra": [
          "authentication.kubernetes.io/credential-id": ["JTI=j"],
          "authentication.kubernetes.io/node-name": ["l"],
          "authentication.kubernetes.io/node-uid": ["lu"],
          "authentication.kubernetes.io/pod-name": ["p"],
          "authentication.kubernetes.io/pod-uid": ["pu"],
        ],
      ])
    #expect(KubernetesUser(name: "x").json == ["username": "x"])
  }
}
