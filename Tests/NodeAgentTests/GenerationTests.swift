import Cryptography
import HTTP
import JSON
import Platform
import Synchronization
import Testing

@testable import NodeAgent

/// AWS's agent 0.2: credentials by pod, and a pod's further tokens checked by the cluster's keys.
@Suite struct GenerationTests {
  /// A cluster with one key, which counts what it is asked.
  final class TestCluster: Sendable {
    static let keyID = String(repeating: "0a", count: 20)
    let key: PrivateKey
    private let state = Mutex((version: "1.34", isAway: false, asked: [String]()))

    init() throws { key = try PrivateKey.generate(.p256) }

    var asked: [String] { state.withLock { $0.asked } }
    func set(version: String) { state.withLock { $0.version = version } }
    func set(isAway: Bool) { state.withLock { $0.isAway = isAway } }

    @Sendable func read(_ path: String) async throws -> JSON {
      let (version, isAway) = state.withLock { state in
        state.asked.append(path)
        return (state.version, state.isAway)
      }
      if isAway { throw CancellationError() }
      let parts = version.split(separator: ".").map { JSON.string(String($0)) }
      return path.bytes == "/version"
        ? ["major": parts[0], "minor": parts[1]]
        : ["keys": [key.publicKey.jwk(keyID: Self.keyID)]]
    }

    /// A token of the pod, the `number`th.
    func token(
      _ number: Int, pod: JSON = ["name": "p", "uid": "u-1"], kubernetes: JSON? = nil,
      audience: String = "pods.eks.amazonaws.com", header: JSON? = nil, key: PrivateKey? = nil
    ) throws -> String {
      let claims: JSON = [
        "aud": [.string(audience)], "exp": 1_800_000_000, "jti": .string("\(number)"),
        "kubernetes.io": kubernetes ?? [
          "namespace": "ns", "pod": pod, "serviceaccount": ["name": "sa", "uid": "s-1"],
        ],
      ]
      return try JWT.signed(
        header: header ?? ["alg": "ES256", "kid": .string(Self.keyID)], claims: claims,
        by: key ?? self.key)
    }
  }

  private let cluster: TestCluster
  private let world = AgentWorld(generation: .second)

  init() throws { cluster = try TestCluster() }

  private func counted(_ result: String, in world: AgentWorld) -> Int {
    let start = "pod_identity_local_validation{result=\"\(result)\"} "
    let line = world.metrics.text.split(separator: "\n").first { $0.hasPrefix(start) }
    return line.flatMap { Int($0.dropFirst(start.count)) } ?? 0
  }

  @Test("a rotated token costs no call, also while EKS Auth is away; the old one still serves")
  func rotated() async throws {
    await world.keys.use(cluster.read)
    let tokens = [try cluster.token(1), try cluster.token(2)]
    let first = await world.send(token: tokens[0])
    #expect(first.status == 200)
    world.source.set(.failure(.unreachable("away")))
    for token in [tokens[1], tokens[1], tokens[0], tokens[0], tokens[1]] {
      let response = await world.send(token: token)
      #expect(response.status == 200)
      #expect(response.bodyBytes == first.bodyBytes)
    }
    #expect(world.source.calls == 1)
    // The present token is served as it is; only a change of tokens is checked.
    #expect(counted("success", in: world) == 3)
    #expect(counted("failure", in: world) + counted("skipped", in: world) == 0)
    #expect(cluster.asked == ["/version", "/openid/v1/jwks"])
  }

  @Test(
    "a key of another name than EKS's is not one that tokens are checked with here",
    arguments: [
      ("abc", false), (String(repeating: "0A", count: 20), false),
      (String(repeating: "0a", count: 20) + "b", false), (TestCluster.keyID, true),
    ])
  func keyNames(name: String, isTaken: Bool) async throws {
    let jwk = cluster.key.publicKey.jwk(keyID: name)
    await world.keys.use { path in
      path.bytes == "/version" ? ["major": "1", "minor": "34"] : ["keys": [jwk]]
    }
    for number in 1...2 {
      let token = try cluster.token(number, header: ["alg": "ES256", "kid": .string(name)])
      #expect(await world.send(token: token).status == 200)
    }
    #expect(world.source.calls == (isTaken ? 1 : 2))
    #expect(counted("failure", in: world) == (isTaken ? 0 : 1))
  }

  @Test("in 0.1 a rotated token is another call")
  func firstGeneration() async throws {
    let world = AgentWorld()
    for number in 1...2 {
      #expect(await world.send(token: try cluster.token(number)).status == 200)
    }
    #expect(world.source.calls == 2)
    #expect(await world.send(token: CredentialsEndpointTests.good).status == 200)
    #expect(!world.metrics.text.contains("pod_identity_local_validation"))
  }

  @Test(
    "a token that is bound to no pod is refused without a call",
    arguments: [
      (#"{}"#, "kubernetes.io claims"), (#"{"kubernetes.io":5}"#, "kubernetes.io claims"),
      (#"{"kubernetes.io":null}"#, "kubernetes.io claims"),
      (#"{"Kubernetes.io":{"pod":{"uid":"u"}}}"#, "kubernetes.io claims"),
      (#"{"kubernetes.io":{}}"#, "pod claims"), (#"{"kubernetes.io":{"pod":"p"}}"#, "pod claims"),
      (#"{"kubernetes.io":{"pod":{"name":"p"}}}"#, "pod uid"),
      (#"{"kubernetes.io":{"pod":{"uid":7}}}"#, "pod uid"),
    ])
  func unbound(claims: String, part: String) async {
    let response = await world.send(token: CredentialsEndpointTests.token(claims))
    #expect(response.status == 400)
    #expect(
      world.text(response)
        == "failed to get pod uid from service account token: Service account token missing "
        + "\(part)\n")
    #expect(world.source.calls == 0)
  }

  @Test("the token's form and times are judged before its pod")
  func order() async {
    let expired = await world.send(token: CredentialsEndpointTests.token(#"{"exp":1}"#))
    #expect(world.text(expired).hasSuffix("token is expired\n"))
    #expect(world.text(await world.send(token: "abc")).contains("invalid number of segments"))
  }

  /// What is not taken here: EKS Auth is asked, and decides.
  private func refusals() throws -> [(String, String)] {
    let stranger = try PrivateKey.generate(.p256)
    let account: JSON = ["name": "sa", "uid": "s-1"]
    let pod: JSON = ["name": "p", "uid": "u-1"]
    func kubernetes(_ members: JSON) throws -> String {
      try cluster.token(2, kubernetes: members)
    }
    return [
      ("another's signature", try cluster.token(2, key: stranger)),
      ("no key id", try cluster.token(2, header: ["alg": "ES256"])),
      ("a key id of another form", try cluster.token(2, header: ["alg": "ES256", "kid": "A0"])),
      (
        "an unknown key id",
        try cluster.token(
          2, header: ["alg": "ES256", "kid": .string(String(repeating: "0b", count: 20))])
      ),
      (
        "another algorithm",
        try cluster.token(2, header: ["alg": "RS256", "kid": .string(TestCluster.keyID)])
      ),
      (
        "none", try cluster.token(2, header: ["alg": "none", "kid": .string(TestCluster.keyID)])
      ),
      ("no namespace", try kubernetes(["pod": pod, "serviceaccount": account])),
      (
        "an empty namespace",
        try kubernetes(["namespace": "", "pod": pod, "serviceaccount": account])
      ),
      ("no account", try kubernetes(["namespace": "ns", "pod": pod])),
      (
        "an account without uid",
        try kubernetes(["namespace": "ns", "pod": pod, "serviceaccount": ["name": "sa"]])
      ),
      ("a pod without name", try cluster.token(2, pod: ["uid": "u-1"])),
    ]
  }

  @Test("a token that the cluster did not sign like that is EKS Auth's to judge")
  func refused() async throws {
    await world.keys.use(cluster.read)
    for (name, token) in try refusals() {
      let world = AgentWorld(generation: .second)
      await world.keys.use(cluster.read)
      #expect(await world.send(token: try cluster.token(1)).status == 200)
      world.source.set(
        .failure(
          .answered(status: 400, requestID: "i", code: "InvalidTokenException", message: "m")))
      #expect(await world.send(token: token).status == 400, "\(name)")
      #expect(world.source.calls == 2, "\(name)")
      #expect(counted("failure", in: world) == 1, "\(name)")
      // What the pod has is still its own.
      #expect(await world.send(token: try cluster.token(1)).status == 200, "\(name)")
    }
  }

  @Test("another audience is served from the pod's cache, since the endpoint is not AWS's own")
  func audience() async throws {
    await world.keys.use(cluster.read)
    #expect(await world.send(token: try cluster.token(1)).status == 200)
    #expect(await world.send(token: try cluster.token(2, audience: "x")).status == 200)
    #expect(world.source.calls == 1)
  }

  @Test(
    "without keys EKS Auth is asked: before 1.34, or while the cluster is away or not known",
    arguments: [("1.33", false, "failure"), ("1.34", true, "failure"), ("", false, "skipped")])
  func withoutKeys(version: String, isAway: Bool, result: String) async throws {
    cluster.set(version: version)
    cluster.set(isAway: isAway)
    if !version.isEmpty { await world.keys.use(cluster.read) }
    for number in 1...2 {
      #expect(await world.send(token: try cluster.token(number)).status == 200)
    }
    #expect(world.source.calls == 2)
    #expect(counted(result, in: world) == 1)
    // The keys are asked for again as soon as they can be had.
    cluster.set(version: "1.40")
    cluster.set(isAway: false)
    if version.isEmpty { await world.keys.use(cluster.read) }
    #expect(await world.send(token: try cluster.token(3)).status == 200)
    #expect(world.source.calls == 2)
  }

  @Test("keys that were told outlast the cluster; unknown ones are asked for a few times only")
  func keysKept() async throws {
    await world.keys.use(cluster.read)
    cluster.set(isAway: true)
    for number in 1...2 {
      #expect(await world.send(token: try cluster.token(number)).status == 200)
    }
    #expect(world.source.calls == 1)
    for number in 0..<50 {
      let id = String(repeating: "0", count: 38) + String(number + 10)
      let token = try cluster.token(3, header: ["alg": "ES256", "kid": .string(id)])
      _ = await world.send(token: token)
    }
    #expect(cluster.asked.count == 2 + 4)
  }

  @Test("pods do not share: another UID is another call, and a renewal drops the pod whole")
  func pods() async throws {
    await world.keys.use(cluster.read)
    #expect(await world.send(token: try cluster.token(1)).status == 200)
    let other = try cluster.token(1, pod: ["name": "p", "uid": "u-2"])
    #expect(await world.send(token: other).status == 200)
    #expect(world.source.calls == 2)
    // The rotated token is what is renewed.
    #expect(await world.send(token: try cluster.token(2)).status == 200)
    world.clock.advance(by: .seconds(9_000))
    world.source.set(.success(AgentAnswer.with(expiration: 1_800_040_000)))
    world.clock.advance(by: .seconds(999))
    #expect(world.endpoint.keeper.withCache { $0.count } == 2)
    world.clock.advance(by: .seconds(1))
    await world.renewal.sweep()
    #expect(world.source.calls == 4)
    #expect(world.endpoint.keeper.withCache { $0.count } == 2)
  }

  @Test("a new answer of EKS Auth takes the place of the pod's former one")
  func replaced() async throws {
    await world.keys.use(cluster.read)
    let first = try cluster.token(1)
    #expect(await world.send(token: first).status == 200)
    // Checked nowhere, but EKS Auth takes it.
    let strange = try cluster.token(2, header: ["alg": "ES256", "kid": "A0"])
    #expect(await world.send(token: strange).status == 200)
    #expect(world.endpoint.keeper.withCache { $0.count } == 1)
    world.source.set(.failure(.unreachable("away")))
    #expect(await world.send(token: strange).status == 200)
    #expect(await world.send(token: first).status == 200)
    #expect(world.source.calls == 2)
  }
}
