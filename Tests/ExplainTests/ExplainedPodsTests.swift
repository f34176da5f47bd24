import JSON
import Testing

@testable import CommandCore
@testable import Explain

/// What `podid explain` says of new pods, and of those that run.
@Suite(.timeLimit(.minutes(10))) struct ExplainedPodsTests {
  private static let dryRun = "POST /api/v1/namespaces/default/pods?dryRun=All"
  private static let identity: JSON = ["spec": ["volumes": [["name": "eks-pod-identity-token"]]]]

  private func mutation(_ pod: JSON, _ events: [JSON] = []) async throws -> ExplainStep? {
    var stack = ServedStack()
    stack.answers[Self.dryRun] = pod
    stack.events["kubernetes-api"] = events
    return try await stack.walk { explainer in
      do throws(ExplainStop) { try await explainer.mutation([:]) } catch { return error.step }
      return explainer.steps.last
    }
  }

  @Test("a new pod gets the token, or the last reason why not is told")
  func mutation() async throws {
    #expect(try await mutation(Self.identity)?.isGood == true)
    let silent = try await mutation(["spec": [:]])
    #expect(
      silent?.text == "a new pod is not given the token's volume: nobody says why")
    #expect(silent?.mend?.text.hasPrefix("podid down && podid up --detach ") == true)
    func event(_ operation: String, _ outcome: String, _ reason: String) -> JSON {
      [
        "operation": .string(operation), "outcome": .string(outcome), "reason": .string(reason),
      ]
    }
    let told = try await mutation(
      ["spec": [:]],
      [
        event("PodIdentityMutation", "ignored", "first"),
        event("PodIdentityMutation", "ignored", "EKS is away"),
        event("TokenRequest", "refused", "other"),
      ])
    #expect(told?.text == "a new pod is not given the token's volume: EKS is away")
    let skipped = try await mutation(
      ["spec": [:]], [event("PodIdentityMutation", "skipped", "none")])
    #expect(skipped?.text.contains("none; EKS has one for cluster local: kubernetes-api") == true)
  }

  /// A pod of an account.
  private static func pod(
    _ name: String, account: String = "app", isWell: Bool = true, variable: String? = nil
  ) -> JSON {
    var variables: [JSON] = [
      [
        "name": "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "value": "http://169.254.170.23/v1/credentials",
      ],
      ["name": "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "value": "/x/eks-pod-identity-token"],
    ]
    if let variable { variables.append(["name": .string(variable), "value": "x"]) }
    return [
      "metadata": ["name": .string(name), "namespace": "default"],
      "spec": [
        "serviceAccountName": .string(account),
        "volumes": isWell ? [["name": "eks-pod-identity-token"]] : [],
        "containers": [["name": "c", "env": .array(variables)]],
      ],
    ]
  }

  private func pods(
    _ list: [JSON], named name: String? = nil
  ) async throws -> (step: ExplainStep?, warnings: [String]) {
    var stack = ServedStack()
    stack.answers["GET /api/v1/namespaces/default/pods"] = ["items": .array(list)]
    return try await stack.walk(pod: name) { explainer in
      do throws(ExplainStop) { try await explainer.pods() } catch {
        return (error.step, explainer.warnings.map(\.text))
      }
      return (explainer.steps.last, explainer.warnings.map(\.text))
    }
  }

  @Test("pods of the account that cannot use it are warned of, others' are not looked at")
  func warned() async throws {
    let found = try await pods([
      Self.pod("well"), Self.pod("old", isWell: false),
      Self.pod("other", account: "web", isWell: false),
    ])
    #expect(found.step == nil)
    #expect(found.warnings.count == 1)
    #expect(found.warnings.first?.hasPrefix("default/old was made before") == true)
    let many = try await pods((0..<25).map { Self.pod("p\($0)", isWell: false) })
    #expect(many.warnings.count == 20)
  }

  @Test("a pod that is asked for stops the walk where it cannot use its identity")
  func asked() async throws {
    let well = try await pods([Self.pod("web"), Self.pod("old", isWell: false)], named: "web")
    #expect(well.step?.isGood == true && well.warnings.isEmpty)
    #expect(well.step?.text.hasPrefix("web has the token's volume") == true)
    let old = try await pods([Self.pod("web"), Self.pod("old", isWell: false)], named: "old")
    #expect(old.step?.text.hasPrefix("default/old was made before") == true)
    let led = try await pods([Self.pod("web", variable: "AWS_ENDPOINT_URL")], named: "web")
    #expect(led.step?.isGood == true)
    #expect(led.warnings.first?.hasPrefix("default/web sets AWS_ENDPOINT_URL in") == true)
  }

  @Test("a pod of another account is explained as that one's")
  func another() async throws {
    let step = try await pods([Self.pod("web", account: "other")], named: "web").step
    #expect(step?.text == "web runs as ServiceAccount default/other, not default/app")
    #expect(step?.mend?.text == "podid explain --service-account default/other --pod web")
  }

  @Test("a pod that is not there: one of almost that name, the only one, or none")
  func missing() async throws {
    func step(_ names: [String]) async throws -> ExplainStep? {
      try await pods(names.map { Self.pod($0) } + [Self.pod("wex", account: "x")], named: "web")
        .step
    }
    let near = try await step(["worker", "wep"])
    #expect(
      near?.text == "there is no pod default/web; pods of default/app: worker, wep")
    #expect(near?.mend?.text == "podid explain --service-account default/app --pod wep")
    #expect(
      try await step(["worker"])?.mend?.text
        == "podid explain --service-account default/app --pod worker")
    #expect(
      try await step(["worker", "loader"])?.mend?.text
        == "podid explain --service-account default/app")
    #expect(try await step([])?.text.hasSuffix("pods of default/app: none") == true)
  }

  @Test("the walk's own pods say whose they are, run once, and do nothing")
  func probe() async throws {
    try await ServedStack().walk { explainer in
      let pod = explainer.probe("podid-explain-x")
      #expect(pod.at("metadata", "name") == "podid-explain-x")
      #expect(pod.at("metadata", "namespace") == "default")
      #expect(pod.at("metadata", "labels", "app.kubernetes.io/managed-by") == "podid")
      #expect(pod.at("metadata", "annotations")?.object?.count == 1)
      #expect(pod.at("spec", "serviceAccountName") == "app")
      #expect(pod.at("spec", "restartPolicy") == "Never")
    }
  }

  @Test("all variables of a Secret or ConfigMap are looked at, with the prefix that they get")
  func references() async throws {
    func text(_ source: JSON) async throws -> (text: String, mend: String)? {
      var stack = ServedStack()
      let data: JSON = ["data": ["ACCESS_KEY_ID": "x", "AWS_PROFILE": "y"]]
      stack.put("secrets", "keys", data)
      stack.put("configmaps", "keys", ["data": ["HOME": "x"]])
      var pod = Self.pod("web").object ?? [:]
      var container = pod["spec"]?["containers"]?[0]?.object ?? [:]
      container["envFrom"] = [["configMapRef": ["name": "gone"]], source]
      pod["spec"] = [
        "volumes": [["name": "eks-pod-identity-token"]],
        "containers": [.object(container), ["name": "second"]],
      ]
      let json = JSON.object(pod)
      return try await stack.walk { explainer in
        await PodInspection(json, explainer: explainer).finding()
          .map { ($0.text, $0.mend.text) }
      }
    }
    let plain = try await text(["secretRef": ["name": "keys"]])
    #expect(
      plain?.text.hasPrefix(
        "default/web takes AWS_PROFILE from secrets/keys (envFrom) in its container c: a profile")
        == true)
    #expect(plain?.mend.contains(#""path":"/spec/containers/0/envFrom/1""#) == true)
    let prefixed = try await text(["secretRef": ["name": "keys"], "prefix": "AWS_"])
    #expect(prefixed?.text.contains("takes AWS_ACCESS_KEY_ID from secrets/keys") == true)
    // The container without variables is what is found then.
    let harmless = try await text(["configMapRef": ["name": "keys"]])
    #expect(harmless?.text.contains("lacks AWS_CONTAINER_* in its container second") == true)
  }
}
