import JSON
import Testing

@testable import KubernetesAPI

/// A kind outside of the core group, by requests at the handler.
@Suite struct LeaseTests {
  private static let leases = "/apis/coordination.k8s.io/v1/namespaces/default/leases"
  private static let nodeLeases = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases"
  private static let lease: JSON = [
    "metadata": ["name": "elected"], "spec": ["holderIdentity": "me", "leaseDurationSeconds": 15],
  ]

  @Test("a Lease is made, changed, listed and deleted under its group's names")
  func verbs() async throws {
    let world = try await EndpointWorld()
    let made = await world.send("POST", Self.leases, Self.lease)
    #expect(made.status == 201)
    #expect(made.json["kind"] == "Lease")
    #expect(made.json["apiVersion"] == "coordination.k8s.io/v1")
    let again = await world.send("POST", Self.leases, Self.lease)
    #expect(again.status == 409)
    #expect(again.json["message"] == #"leases.coordination.k8s.io "elected" already exists"#)
    #expect(
      again.json["details"]
        == ["name": "elected", "group": "coordination.k8s.io", "kind": "leases"])
    let list = await world.send("GET", Self.leases)
    #expect(list.json["kind"] == "LeaseList")
    #expect(list.json["apiVersion"] == "coordination.k8s.io/v1")
    #expect(list.json["items"]?.array?.count == 1)
    let changed = await world.send(
      "PATCH", "\(Self.leases)/elected", ["spec": ["holderIdentity": "you"]],
      type: "application/strategic-merge-patch+json")
    #expect(changed.json.at("spec", "holderIdentity") == "you")
    #expect(changed.json["apiVersion"] == "coordination.k8s.io/v1")
    // Typed clients of Go write the options in the group of the resource.
    let gone = await world.send(
      "DELETE", "\(Self.leases)/elected",
      ["kind": "DeleteOptions", "apiVersion": "coordination.k8s.io/v1"])
    #expect(gone.json.at("details", "group") == "coordination.k8s.io")
    #expect(await world.send("GET", "\(Self.leases)/elected").status == 404)
  }

  @Test(
    "numbers that are none of a Lease",
    arguments: [
      ("leaseDurationSeconds", Int64(0), "must be greater than 0"),
      ("leaseTransitions", -1, "must be greater than or equal to 0"),
    ])
  func invalid(member: String, number: Int64, rule: String) async throws {
    let world = try await EndpointWorld()
    let answer = await world.send(
      "POST", Self.leases,
      ["metadata": ["name": "x"], "spec": .object([member: .integer(number)])])
    #expect(answer.status == 422)
    #expect(
      answer.json["message"]?.string
        == "Lease.coordination.k8s.io \"x\" is invalid: spec.\(member): Invalid value: \(number): "
        + rule)
  }

  @Test("only its own group and version has the resource")
  func places() async throws {
    let world = try await EndpointWorld()
    for path in [
      "/api/v1/namespaces/default/leases", "/apis/coordination.k8s.io/v1beta1/leases",
      "/apis/coordination.k8s.io/v1/pods", "/api/v1/leases.coordination.k8s.io",
      "/api/v1/namespaces/default/leases.coordination.k8s.io/elected",
      "/apis/authentication.k8s.io/v1/leases",
    ] { #expect(await world.send("GET", path).status == 404, "\(path)") }
    let known = await world.send("GET", "/apis/coordination.k8s.io/v1")
    #expect(known.json["resources"]?.array?.map { $0["name"] } == ["leases"])
    let wrong = await world.send(
      "POST", Self.leases, ["apiVersion": "v1", "kind": "Pod", "metadata": ["name": "x"]])
    #expect(
      wrong.json["message"]?.string
        == #"Pod in version "v1" cannot be handled as a Lease: converting (v1.Pod) to "#
        + "(coordination.Lease): unknown conversion")
  }

  @Test("a node has the Lease of its name in kube-node-lease, and no other")
  func nodes() async throws {
    let world = try await EndpointWorld()
    _ = await world.send("POST", "/api/v1/namespaces", ["metadata": ["name": "kube-node-lease"]])
    func node(_ method: String, _ path: String, _ body: JSON? = nil) async -> Int {
      await world.send(method, path, body, token: "node-token").status
    }
    let own: JSON = ["metadata": ["name": "local-node"]]
    #expect(await node("POST", Self.nodeLeases, ["metadata": ["name": "other"]]) == 403)
    #expect(await node("POST", Self.leases, own) == 403)
    #expect(await node("POST", Self.nodeLeases, own) == 201)
    #expect(await node("GET", "\(Self.nodeLeases)/local-node") == 200)
    #expect(await node("GET", Self.nodeLeases) == 403)
    _ = await world.send("POST", Self.nodeLeases, ["metadata": ["name": "other"]])
    for method in ["GET", "DELETE"] {
      #expect(await node(method, "\(Self.nodeLeases)/other") == 403)
    }
    #expect(await node("PUT", "\(Self.nodeLeases)/other", ["metadata": ["name": "other"]]) == 403)
    #expect(await node("DELETE", "\(Self.nodeLeases)/local-node") == 200)
  }
}
