import Cryptography
import JSON
import Platform
import Testing

@testable import CommandCore
@testable import Explain

/// What `podid explain` says of the token's way: asked for, exchanged, handed out, used.
@Suite(.timeLimit(.minutes(10))) struct ExplainedExchangeTests {
  private static let exchange = "POST /clusters/local/assume-role-for-pod-identity"
  private static let agent = "GET /v1/credentials"
  private static let created = "POST /api/v1/namespaces/default/pods"

  /// A stack in which all is well, up to the node.
  private static func stack(issuer: String = "https://issuer") -> ServedStack {
    var stack = ServedStack()
    func part(_ json: JSON) -> String { Base64.encodeURL(json.bytes()) }
    let claims: JSON = [
      "iss": .string(issuer), "aud": ["pods.eks.amazonaws.com"],
      "sub": "system:serviceaccount:default:app", "exp": 4_000_000_000,
    ]
    let pod: JSON = [
      "metadata": ["name": "web", "namespace": "default", "uid": "u"],
      "spec": ["serviceAccountName": "app"],
    ]
    stack.answers[created] = pod
    stack.put("pods", "web", pod)
    stack.answers["POST /api/v1/namespaces/default/serviceaccounts/app/token"] = [
      "status": [
        "token": .string("\(part(["alg": "RS256"])).\(part(claims)).\(part([:]))"),
        "expirationTimestamp": "2096-01-01T00:00:00Z",
      ]
    ]
    stack.answers["GET /clusters/local"] = [
      "cluster": ["identity": ["oidc": ["issuer": "https://issuer"]]]
    ]
    stack.answers[exchange] = ["assumedRoleUser": ["arn": "arn-of-the-session"]]
    stack.answers[agent] = [
      "AccessKeyId": "k", "SecretAccessKey": "s", "Token": "t",
      "Expiration": "2096-01-01T00:00:00Z",
    ]
    stack.caller = "arn:aws:sts::111122223333:assumed-role/app/s"
    return stack
  }

  private func walk(
    _ stack: ServedStack, pod: String? = nil, hasTags: Bool = true
  ) async throws -> (good: [ExplainStep], stop: ExplainStep?) {
    let (role, keys) = (try Sample.role("app"), try Sample.keys(hasTags: hasTags))
    return try await stack.walk(pod: pod) { explainer in
      do throws(ExplainStop) { try await explainer.exchange(role, keys) } catch {
        return (explainer.steps, error.step)
      }
      return (explainer.steps, nil)
    }
  }

  /// The hops that are well where all are, but for those of the node.
  private func used(_ stack: ServedStack, hasTags: Bool = true) async throws -> [ExplainStep] {
    let (role, keys) = (try Sample.role("app"), try Sample.keys(hasTags: hasTags))
    return try await stack.walk { explainer in
      try await explainer.use(stack.answers[Self.created] ?? .null, "web", role, keys)
      return explainer.steps
    }
  }

  @Test(
    "each hop is told with what was answered",
    arguments: [
      (
        "token",
        "iss https://issuer, aud pods.eks.amazonaws.com, sub system:serviceaccount:default:app, "
          + "until 2096-01-01T00:00:00Z"
      ),
      ("EKS Auth", "arn-of-the-session"),
      (
        "session tags",
        "eks-cluster-name=local, kubernetes-namespace=default, kubernetes-service-account=app, "
          + "and the pod's name, uid and cluster ARN"
      ),
      ("agent", "/v1/credentials hands out credentials until 2096-01-01T00:00:00Z"),
      ("STS", "the credentials are taken, as arn:aws:sts::111122223333:assumed-role/app/s"),
    ])
  func hops(hop: String, text: String) async throws {
    let steps = try await used(Self.stack())
    #expect(steps.map(\.hop) == ["token", "EKS Auth", "session tags", "agent", "STS"])
    #expect(steps.first { $0.hop == hop }?.text.hasSuffix(text) == true)
  }

  @Test("an association without tags is told as that, and an agent of elsewhere is not asked")
  func less() async throws {
    let bare = try await used(Self.stack(), hasTags: false)
    #expect(bare.first { $0.hop == "session tags" }?.text == "none, as the association has it")
    var stack = Self.stack()
    stack.isOwn = false
    #expect(try await used(stack).map(\.hop) == ["token", "EKS Auth", "session tags"])
    #expect(!stack.asked.all.contains(Self.agent))
  }

  @Test("the walk's own pod is deleted, however it ends; one that was named is not")
  func ownPod() async throws {
    var stack = Self.stack()
    stack.statuses[Self.exchange] = 500
    _ = try await walk(stack)
    let deleted = stack.asked.all.filter { $0.hasPrefix("DELETE ") }
    #expect(deleted.count == 1)
    #expect(
      deleted.first?.hasPrefix("DELETE /api/v1/namespaces/default/pods/podid-explain-") == true)
    var named = Self.stack()
    named.statuses[Self.exchange] = 500
    _ = try await walk(named, pod: "web")
    #expect(!named.asked.all.contains { $0.hasPrefix("DELETE ") || $0 == Self.created })
  }

  @Test("an issuer that EKS does not take is told with both")
  func issuer() async throws {
    let step = try await walk(Self.stack(issuer: "https://other")).stop
    #expect(step?.hop == "token")
    #expect(
      step?.text.hasPrefix(
        "kubernetes-api issues tokens as https://other, and aws-api takes those of https://issuer")
        == true)
  }

  @Test(
    "what EKS Auth refuses is mended by what the code stands for",
    arguments: [
      ("ExpiredTokenException", "podid clock reset"), ("InvalidTokenException", "podid down && "),
      ("ServiceUnavailableException", "podid down && "),
      ("ResourceNotFoundException", "until podid explain --service-account default/app; do"),
      ("AccessDeniedException", "podid events"),
    ])
  func refused(code: String, mend: String) async throws {
    var stack = Self.stack()
    stack.statuses[Self.exchange] = 400
    stack.answers[Self.exchange] = ["__type": .string(code), "message": "no"]
    func event(_ operation: String, _ account: String, _ reason: String) -> JSON {
      [
        "operation": .string(operation), "subject": ["serviceAccount": .string(account)],
        "reason": .string(reason),
      ]
    }
    stack.events["aws-api"] = [
      event("AssumeRoleForPodIdentity", "app", "told"),
      event("AssumeRoleForPodIdentity", "web", "another's"), event("GetRole", "app", "other"),
    ]
    let step = try await walk(stack).stop
    #expect(step?.hop == "EKS Auth")
    #expect(step?.text.hasPrefix("\(code): no (told)") == true)
    #expect(step?.mend?.text.hasPrefix(mend) == true)
  }

  @Test("an agent that refuses, that hands out half, or what is over")
  func agent() async throws {
    var stack = Self.stack()
    stack.statuses[Self.agent] = 500
    let refused = try await walk(stack).stop
    #expect(refused?.hop == "agent" && refused?.text.hasPrefix("it answers 500: ") == true)
    #expect(refused?.mend?.text == "podid events")
    stack.events["node-agent"] = [
      [
        "operation": "GetCredentials", "outcome": "500", "check": "host", "origin": "stack",
      ]
    ]
    #expect(try await walk(stack).stop?.text.contains("with --strict-host") == true)
    stack.events["node-agent"] = [
      ["operation": "GetCredentials", "outcome": "500", "check": "host", "origin": "app"],
      ["operation": "GetCredentials", "outcome": "403", "check": "host", "origin": "stack"],
    ]
    #expect(try await walk(stack).stop?.text.contains("--strict-host") == false)
    for name in ["AccessKeyId", "SecretAccessKey", "Token", "Expiration"] {
      var half = Self.stack()
      var answer = half.answers[Self.agent]?.object ?? [:]
      answer[name] = nil
      half.answers[Self.agent] = .object(answer)
      #expect(
        try await walk(half).stop?.text.hasPrefix("its answer has not all of") == true, "\(name)")
    }
    var over = Self.stack()
    var answer = over.answers[Self.agent]?.object ?? [:]
    answer["Expiration"] = "2001-01-01T00:00:00Z"
    over.answers[Self.agent] = .object(answer)
    let ended = try await walk(over).stop
    #expect(ended?.text == "it hands out credentials that ended at 2001-01-01T00:00:00Z")
    #expect(ended?.mend?.text == "podid clock reset")
  }

  @Test("credentials of another role are from before the association named this one")
  func caller() async throws {
    var stack = Self.stack()
    stack.caller = "arn:aws:sts::111122223333:assumed-role/old/app"
    let step = try await walk(stack, pod: "web").stop
    #expect(step?.hop == "STS")
    #expect(step?.text.contains("from before the association named app: it keeps") == true)
    #expect(
      step?.mend?.text
        == "kubectl get pod web -n default -o json | kubectl replace --force -f -")
  }
}
