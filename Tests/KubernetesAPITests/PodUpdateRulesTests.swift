import JSON
import Platform
import PodAdmission
import Testing

@testable import KubernetesAPI

/// What may change of a pod, and what admission leaves filled in.
@Suite struct PodUpdateRulesTests {
  private static let spec: JSONObject = [
    "containers": [["name": "a", "image": "b"]], "initContainers": [["name": "i", "image": "b"]],
    "nodeName": "l", "tolerations": [],
  ]

  private static func fields(_ change: JSONObject) -> [String] {
    var spec = spec
    for (name, value) in change { spec[name] = value }
    return PodRules().objections(["spec": .object(spec)], old: ["spec": .object(Self.spec)])
      .map(\.field)
  }

  @Test(
    "images, tolerations and times may change",
    arguments: [
      [:], ["containers": [["name": "a", "image": "c"]]],
      ["initContainers": [["name": "i", "image": "c"]]], ["tolerations": [["key": "x"]]],
      ["activeDeadlineSeconds": 5], ["terminationGracePeriodSeconds": 1],
    ] as [JSONObject])
  func changes(change: JSONObject) {
    #expect(Self.fields(change).isEmpty)
  }

  @Test(
    "nothing else may",
    arguments: [
      ["nodeName": "m"], ["containers": [["name": "c", "image": "b"]]],
      ["containers": [["name": "a", "image": "b"], ["name": "c", "image": "b"]]],
      ["initContainers": []], ["serviceAccountName": "x"], ["volumes": [["name": "v"]]],
    ] as [JSONObject])
  func refused(change: JSONObject) {
    #expect(Self.fields(change) == ["spec"])
  }

  @Test(
    "a reference in a variable has a name and a key",
    arguments: ["configMapKeyRef", "secretKeyRef"])
  func references(member: String) {
    let variable: JSON = ["name": "A", "valueFrom": .object([member: ["key": "k"]])]
    let container: JSON = ["name": "a", "image": "b", "env": [variable]]
    let causes = PodRules().objections(["spec": ["containers": [container]]], old: nil)
    #expect(causes.map(\.field) == ["spec.containers[0].env[0].valueFrom.\(member).name"])
  }

  @Test("a pod that was admitted has its defaults, its account's secrets and its status")
  func admitted() async throws {
    let world = try IdentityWorld()
    world.objects.put(
      .serviceAccounts, "default", "app", ["imagePullSecrets": [["name": "pull"]]])
    let admission = PodCreation(
      objects: world.objects,
      defaults: NamespaceDefaults(objects: world.objects, authority: "PEM", log: .none),
      identity: PodIdentityAdmission(
        mutation: PodIdentityMutation(region: "us-east-1", randomness: .seeded(1)),
        isAssociated: nil, honoursAnnotation: true, events: EventLog(service: "t")),
      clock: world.clock, randomness: .seeded(1))
    var pod: JSON = [
      "metadata": ["name": "p"],
      "spec": ["serviceAccount": "app", "containers": [["name": "a", "image": "i"]]],
    ]
    try await admission.admit(&pod, namespace: "default")
    #expect(pod.at("spec", "serviceAccountName") == "app")
    #expect(pod.at("spec", "dnsPolicy") == "ClusterFirst")
    #expect(pod.at("spec", "containers")?[0]?["imagePullPolicy"] == "Always")
    #expect(pod.at("spec", "imagePullSecrets") == [["name": "pull"]])
    #expect(pod.at("status", "phase") == "Pending" && pod.at("status", "qosClass") == "BestEffort")
  }
}
