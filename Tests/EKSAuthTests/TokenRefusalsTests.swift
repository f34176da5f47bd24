import AWSTestSupport
import AdminAPI
import HTTP
import JSON
import Platform
import Testing

/// What EKS Auth holds of a token against itself, and the faults that it carries out.
@Suite struct TokenRefusalsTests {
  private func stack() async throws -> AWSStack {
    let stack = try await AWSStack()
    await stack.makeRole()
    await stack.associate()
    return stack
  }

  private static func claims(
    namespace: String = "default", account: String = "app", pod: JSON = ["name": "p", "uid": "u"]
  ) -> JSON {
    [
      "namespace": .string(namespace), "pod": pod,
      "serviceaccount": ["name": .string(account), "uid": "u"],
    ]
  }

  private static let cases: [JSONObject] = [
    ["sub": "system:serviceaccount:default:other"], ["sub": "system:serviceaccount:other:app"],
    ["sub": .null], ["sub": "app"], ["kubernetes.io": .null], ["iss": .null],
    ["kubernetes.io": claims(account: "other")], ["kubernetes.io": claims(namespace: "other")],
    ["kubernetes.io": claims(pod: ["name": "", "uid": "u"])],
    ["kubernetes.io": claims(pod: ["name": "p", "uid": ""])],
    ["kubernetes.io": claims(pod: ["name": "p"])],
    ["kubernetes.io": claims(account: ""), "sub": "system:serviceaccount:default:"],
  ]

  @Test("claims that disagree, or are missing, are told", arguments: cases)
  func claims(changes: JSONObject) async throws {
    let stack = try await stack()
    let failure = await stack.assume(try stack.token(changes)).failure
    #expect(failure.status == 400 && failure.code == "InvalidTokenException")
    #expect(stack.lastEvent?["check"] == "token-claims")
    #expect(stack.lastEvent?["accessKeyId"] == nil)
  }

  @Test("an audience among others is enough, and one of another name is not")
  func audiences() async throws {
    let stack = try await stack()
    for (audience, status) in [
      (["a", "pods.eks.amazonaws.com"], 200), ("pods.eks.amazonaws.com", 200), ([], 400),
      (["pods.eks.amazonaws.com.cn"], 400), ("", 400),
    ] as [(JSON, Int)] {
      let answer = await stack.assume(try stack.token(["aud": audience]))
      #expect(answer.status == status, "\(audience)")
    }
  }

  @Test("a token is good from its first second up to its last")
  func times() async throws {
    let stack = try await stack()
    let token = try stack.token()
    stack.clock.advance(by: .seconds(3599))
    #expect(await stack.assume(token).status == 200)
    stack.clock.advance(by: .seconds(1))
    #expect(await stack.assume(token).failure.code == "ExpiredTokenException")
    #expect(stack.lastEvent?.at("subject", "pod") == "app-1")
  }

  @Test("a cluster that nobody named, or that has no name, is refused")
  func clusters() async throws {
    let stack = try await stack()
    #expect(
      await stack.assume(try stack.token(), cluster: "other").failure
        == Failure(404, "ResourceNotFoundException", "No cluster found for name: other."))
    #expect(stack.lastEvent?["check"] == "cluster")
    #expect(
      await stack.assume(try stack.token(), cluster: "-a").failure.code
        == "InvalidParameterException")
  }

  @Test("a target role's session has 59 minutes, the first role's session six hours")
  func lifetimes() async throws {
    let stack = try await stack()
    func seconds() async throws -> Int64? {
      let json = await stack.assume(try stack.token()).json
      return json?.at("credentials", "expiration")?.integer.map { $0 - stack.clock.now.seconds }
    }
    #expect(try await seconds() == 21_600)
    await stack.makeRole(
      "target",
      trust: AWSStack.trust.replacing(
        #"{"Service":"pods.eks.amazonaws.com"}"#,
        with: #"{"AWS":"arn:aws:iam::111122223333:role/reader"}"#))
    await stack.associate(
      serviceAccount: "chained", ["targetRoleArn": "arn:aws:iam::111122223333:role/target"])
    let token = try stack.token([
      "sub": "system:serviceaccount:default:chained",
      "kubernetes.io": Self.claims(account: "chained"),
    ])
    let answer = await stack.assume(token).json
    #expect(
      answer?.at("credentials", "expiration")?.integer == stack.clock.now.seconds + 3540)
    #expect(
      answer?.at("assumedRoleUser", "arn")?.string?.contains(":assumed-role/target/") == true)
  }

  @Test("without session tags the trust need not allow them, and a session policy narrows")
  func narrowed() async throws {
    let stack = try await AWSStack()
    await stack.makeRole(
      policy: #"{"Version":"2012-10-17","Statement":[\#(AWSStack.allow("iam:*"))]}"#)
    let policy = #"{"Version":"2012-10-17","Statement":[\#(AWSStack.allow("iam:ListRoles"))]}"#
    await stack.associate("reader", ["disableSessionTags": true, "policy": .string(policy)])
    let pod = try #require(try await stack.podCredentials())
    #expect(stack.lastEvent?["sessionTags"]?.object?.isEmpty == true)
    #expect(await stack.query("iam", "ListRoles", as: pod).status == 200)
    let refused = await stack.query("iam", "ListOpenIDConnectProviders", as: pod)
    #expect(refused.failure.message.contains("because no session policy allows"))
    #expect(stack.lastEvent?["check"] == "session-policy")
  }

  @Test(
    "a fault of EKS Auth's own is carried out",
    arguments: [
      ("expired-token", "ExpiredTokenException"), ("wrong-audience", "InvalidTokenException"),
      ("association-not-visible", "ResourceNotFoundException"), ("no-expiration", ""),
      ("past-expiration", ""), ("stale-credentials", ""),
    ])
  func faults(action: String, code: String) async throws {
    let stack = try await stack()
    _ = try await stack.faults.add(
      stack.fault(["action": .string(action), "operation": "AssumeRoleForPodIdentity"]))
    let answer = await stack.assume(try stack.token())
    let expiration = answer.json?.at("credentials", "expiration")?.integer
    #expect(answer.failure.code == code)
    #expect(stack.lastEvent?["fault"] == "test-1")
    guard code.isEmpty else { return }
    let now = stack.clock.now.seconds
    switch action {
    case "no-expiration": #expect(answer.status == 200 && expiration == nil)
    case "past-expiration": #expect(expiration.map { $0 < now } == true)
    default: #expect(expiration == now + 21_600)
    }
    let works = await stack.query(
      "sts", "GetCallerIdentity", as: try #require(answer.credentials))
    #expect((works.status == 200) == (action != "stale-credentials"))
  }
}
