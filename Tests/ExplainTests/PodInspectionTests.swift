import JSON
import KubernetesClient
import Platform
import TestSupport
import Testing

@testable import CommandCore
@testable import Explain

/// What `podid explain` says of a pod by its object alone.
@Suite struct PodInspectionTests {
  private static let agent = "http://169.254.170.23/v1/credentials"
  private static let token =
    "/var/run/secrets/pods.eks.amazonaws.com/serviceaccount/eks-pod-identity-token"
  private static let own: [JSON] = [
    ["name": "AWS_CONTAINER_CREDENTIALS_FULL_URI", "value": .string(agent)],
    ["name": "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "value": .string(token)],
  ]

  /// A pod with its identity, whose one container has these variables.
  private static func pod(
    _ variables: [JSON], metadata: JSONObject = [:], hasVolume: Bool = true
  ) -> JSON {
    var all: JSONObject = ["name": "p", "namespace": "n"]
    for member in metadata { all[member.name] = member.value }
    return [
      "metadata": .object(all),
      "spec": [
        "volumes": hasVolume ? [["name": "eks-pod-identity-token"]] : [],
        "containers": [["name": "c", "env": .array(variables)]],
      ],
    ]
  }

  private func inspection(_ pod: JSON) throws -> PodInspection {
    let path = "\(try Scratch.folder())/kubeconfig"
    let config: JSON = [
      "current-context": "c",
      "contexts": [["name": "c", "context": ["cluster": "c", "user": "c"]]],
      "clusters": [["name": "c", "cluster": ["server": "http://127.0.0.1:1"]]],
      "users": [["name": "c", "user": ["token": "t"]]],
    ]
    try SafeFile.write(config.bytes(), to: path)
    let explainer = try Explainer(
      Sample.account, pod: nil,
      stack: try Sample.stack(["kubernetes": ["kubeconfig": .string(path)]]),
      StackAccess(environment: ProcessEnvironment([:]), loops: SampleLoops.shared))
    return PodInspection(pod, explainer: explainer)
  }

  private func text(_ pod: JSON) async throws -> String? {
    try await inspection(pod).finding()?.text
  }

  private static func variable(_ name: String, _ value: String = "x") -> JSON {
    ["name": .string(name), "value": .string(value)]
  }

  @Test("a pod that has all it needs, or is on its way out, is well")
  func well() async throws {
    #expect(try await text(Self.pod(Self.own)) == nil)
    let leaving = Self.pod([], metadata: ["deletionTimestamp": "t"], hasVolume: false)
    #expect(try await text(leaving) == nil)
    let ipv6 = Self.variable(
      "AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://[fd00:ec2::23]/v1/credentials")
    #expect(try await text(Self.pod([ipv6, Self.own[1]])) == nil)
    let here = Self.variable(
      "AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:1/v1/credentials")
    #expect(try await text(Self.pod([here, Self.own[1]])) == nil)
  }

  @Test("a pod that the webhook passed over, or that was there before the association")
  func withoutIdentity() async throws {
    let label = "eks.amazonaws.com/skip-pod-identity-webhook"
    let skipped = try inspection(
      Self.pod(Self.own, metadata: ["labels": [label: "true"]]))
    let finding = await skipped.finding()
    #expect(finding?.text.hasPrefix("n/p has the label \(label), which keeps") == true)
    #expect(
      finding?.mend.text
        == "kubectl get pod p -n n -o json | kubectl label --local -f - \(label)- -o json "
        + "| kubectl replace --force -f -")
    let old = try inspection(Self.pod(Self.own, hasVolume: false))
    let found = await old.finding()
    #expect(found?.text.hasPrefix("n/p was made before there was an association") == true)
    #expect(
      found?.mend.text == "kubectl get pod p -n n -o json | kubectl replace --force -f -")
  }

  @Test(
    "variables that SDKs look at before the agent's are named, with the first one's reason",
    arguments: [
      (["AWS_ACCESS_KEY_ID"], "static keys come before"),
      (["AWS_SESSION_TOKEN", "AWS_ACCESS_KEY_ID"], "static keys come before"),
      (["AWS_PROFILE"], "a profile comes before"),
      (["AWS_WEB_IDENTITY_TOKEN_FILE"], "IRSA comes before"),
      (["AWS_ROLE_ARN"], "it belongs to IRSA"),
      (["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"], "most SDKs let it win"),
      (["AWS_CONTAINER_AUTHORIZATION_TOKEN"], "some SDKs let it win"),
    ])
  func hiding(names: [String], reason: String) async throws {
    let finding = try await inspection(
      Self.pod(Self.own + names.map { Self.variable($0) })
    ).finding()
    let sorted = names.sorted().joined(separator: ", ")
    #expect(finding?.text.hasPrefix("n/p sets \(sorted) in its container c: \(reason)") == true)
    let unset = names.sorted().map { "\($0)-" }.joined(separator: " ")
    #expect(finding?.mend.text.contains("kubectl set env --local -f - \(unset) -o json") == true)
  }

  @Test("an address or a token's file of the pod's own kept the webhook away")
  func ownVariables() async throws {
    let uri = Self.variable("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:9/x")
    #expect(
      try await text(Self.pod([uri, Self.own[1]]))?.contains(
        "has an AWS_CONTAINER_CREDENTIALS_FULL_URI of its own in its container c, "
          + "http://127.0.0.1:9/x, so") == true)
    let file = Self.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/token")
    #expect(
      try await text(Self.pod([Self.own[0], file]))?.contains(
        "has an AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE of its own in its container c, /token, so")
        == true)
  }

  @Test("a container without the variables lacks them, or was left out by an annotation")
  func lacking() async throws {
    for variables in [[], [Self.own[0]], [Self.own[1]]] as [[JSON]] {
      #expect(
        try await text(Self.pod(variables))?.hasPrefix(
          "n/p lacks AWS_CONTAINER_* in its container c") == true)
    }
    let name = "eks.amazonaws.com/skip-containers"
    let finding = try await inspection(
      Self.pod([], metadata: ["annotations": [name: "c, d"]])
    ).finding()
    #expect(
      finding?.text.hasPrefix(
        "n/p has the annotation \(name) (c, d), so its container c got nothing") == true)
    #expect(finding?.mend.text.contains("annotate --local -f - \(name)- -o json") == true)
  }

  @Test("the owner's template is to be changed too")
  func owner() async throws {
    let owners: JSON = [["kind": "ReplicaSet", "name": "web"]]
    #expect(
      try await text(Self.pod([], metadata: ["ownerReferences": owners]))?.hasSuffix(
        "makes it anew; change the template of ReplicaSet web too") == true)
    #expect(try await text(Self.pod([]))?.hasSuffix("makes it anew") == true)
  }

  @Test("endpoints of elsewhere mislead SDKs, variables of another kind do not")
  func misleading() throws {
    #expect(try inspection(Self.pod(Self.own)).misleading() == nil)
    let found = try inspection(
      Self.pod(Self.own + [Self.variable("AWS_ENDPOINT_URL_S3"), Self.variable("HOME")])
    ).misleading()
    #expect(found?.text.hasPrefix("n/p sets AWS_ENDPOINT_URL_S3 in its container c, by") == true)
    #expect(found?.mend.text.contains("set env --local -f - AWS_ENDPOINT_URL_S3- -o json") == true)
  }
}
