import JSON
import Platform
import PodAdmission
import Testing

@testable import KubernetesAPI

@Suite struct AdmissionPodTests {
  private struct Away: Error {}

  private func admission(
    _ world: IdentityWorld, annotations: Bool = true, events: EventLog = EventLog(service: "t"),
    isAssociated: PodIdentityAdmission.AssociationLookup? = { _, _ in false }
  ) -> PodCreation {
    PodCreation(
      objects: world.objects,
      defaults: NamespaceDefaults(objects: world.objects, authority: "PEM", log: .none),
      identity: PodIdentityAdmission(
        mutation: PodIdentityMutation(region: "us-east-1", randomness: .seeded(1)),
        isAssociated: isAssociated, honoursAnnotation: annotations, events: events),
      clock: world.clock, randomness: .seeded(1))
  }

  private func pod(_ account: String = "app", labels: JSON = [:]) -> JSON {
    [
      "metadata": ["name": "p", "labels": labels],
      "spec": [
        "serviceAccountName": .string(account), "containers": [["name": "a", "image": "i"]],
      ],
    ]
  }

  private func isMutated(_ pod: JSON) -> Bool {
    pod.at("metadata", "labels", "eks.amazonaws.com/pod-identity") != nil
  }

  @Test("puts the identity's volume first, the API token's behind, and gives the pod its node")
  func associated() async throws {
    let world = try IdentityWorld()
    var pod = pod()
    try await admission(world) { namespace, name in namespace == "default" && name == "app" }
      .admit(&pod, namespace: "default")
    #expect(isMutated(pod))
    let volumes = (pod.at("spec", "volumes")?.array ?? []).compactMap { $0["name"]?.string }
    #expect(volumes.count == 2 && volumes.first == "eks-pod-identity-token")
    let mounts = pod.at("spec", "containers")?[0]?["volumeMounts"]?.array ?? []
    #expect(mounts.map { $0["name"]?.string } == volumes.reversed())
    #expect(pod.at("spec", "nodeName") == "local-node")
    #expect(pod.at("status", "conditions")?[0]?["type"] == "PodScheduled")
    #expect(pod.at("status", "conditions")?[0]?["status"] == "True")
  }

  @Test("mutates the pods of annotated accounts at once, unless the annotation is switched off")
  func annotated() async throws {
    let world = try IdentityWorld()
    world.objects.put(
      .serviceAccounts, "default", "app",
      ["metadata": ["annotations": ["pod-identity.eks.amazonaws.com/role": "arn"]]])
    for isOn in [true, false] {
      var pod = pod()
      try await admission(world, annotations: isOn) { _, _ in false }
        .admit(&pod, namespace: "default")
      #expect(isMutated(pod) == isOn)
    }
  }

  @Test("lets a pod pass when nobody can say, and says so in the event log")
  func away() async throws {
    let world = try IdentityWorld()
    let events = EventLog(service: "t")
    var pod = pod()
    try await admission(world, events: events) { _, _ in throw Away() }
      .admit(&pod, namespace: "default")
    #expect(!isMutated(pod))
    #expect(events.entries(after: 0).last?.json["outcome"] == "ignored")
    #expect(events.entries(after: 0).last?.json.at("subject", "pod") == "p")
  }

  @Test("keeps away from pods with the skip label, whatever its value")
  func skipped() async throws {
    let world = try IdentityWorld()
    var pod = pod(labels: ["eks.amazonaws.com/skip-pod-identity-webhook": ""])
    try await admission(world) { _, _ in true }.admit(&pod, namespace: "default")
    #expect(!isMutated(pod))
  }

  @Test("refuses a pod whose account is missing, but makes a new namespace's default one")
  func accounts() async throws {
    let world = try IdentityWorld()
    var ghost = pod("ghost")
    let error = await #expect(throws: StatusError.self) {
      try await admission(world).admit(&ghost, namespace: "default")
    }
    #expect(error?.code == 403)
    #expect(
      error?.message
        == "pods \"p\" is forbidden: error looking up service account default/ghost: "
        + "serviceaccount \"ghost\" not found")
    var pod: JSON = ["metadata": ["name": "p"], "spec": ["containers": []]]
    try await admission(world).admit(&pod, namespace: "default")
    #expect(pod.at("spec", "serviceAccountName") == "default")
  }

  @Test(
    "a pod of more containers and volumes than are served is refused before it grows",
    arguments: [
      ("containers", 500, true), ("containers", 501, false), ("volumes", 500, false),
    ])
  func parts(list: String, count: Int, isTaken: Bool) async throws {
    let world = try IdentityWorld()
    var spec: JSONObject = [
      "serviceAccountName": "app", "containers": [["name": "a", "image": "i"]],
    ]
    spec[list] = .array((0..<count).map { ["name": .string("a\($0)")] })
    var pod: JSON = ["metadata": ["name": "p"], "spec": .object(spec)]
    do throws(StatusError) {
      try await admission(world) { _, _ in true }.admit(&pod, namespace: "default")
      #expect(isTaken && pod.at("spec", "containers")?.array?.count == count)
    } catch {
      #expect(!isTaken && error.code == 413 && error.reason == "RequestEntityTooLarge")
      #expect(pod.at("spec", "nodeName") == nil)
    }
  }

  @Test("lets pods wait for a node, and comes back to them")
  func waiting() async throws {
    let world = try IdentityWorld()
    world.objects.remove(.nodes, "", "local-node")
    var pod = pod()
    try await admission(world).admit(&pod, namespace: "default")
    #expect(pod.at("spec", "nodeName") == nil)
    #expect(pod.at("status", "conditions")?[0]?["reason"] == "Unschedulable")
    world.objects.put(.pods, "default", "p", pod.object ?? [:])
    var changes = await world.objects.changes(of: .pods).makeAsyncIterator()
    let assigner = NodeAssigner(objects: world.objects, clock: world.clock, log: .none)
    let task = Task { await assigner.run() }
    world.objects.put(.nodes, "", "local-node")
    while case .set(let changed)? = await changes.next() {
      guard changed.objectName == "p", changed.at("spec", "nodeName") != nil else { continue }
      #expect(changed.at("spec", "nodeName") == "local-node")
      #expect(changed.at("status", "conditions")?.array?.count == 1)
      break
    }
    task.cancel()
  }
}
