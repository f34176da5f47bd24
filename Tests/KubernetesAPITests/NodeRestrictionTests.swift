import JSON
import Testing

@testable import KubernetesAPI

/// What a node's own token may do to the objects of others.
@Suite struct NodeRestrictionTests {
  private static let core = "/api/v1/namespaces/default"

  private func world(_ mode: Authorizer.Mode = .restricted) async throws -> EndpointWorld {
    let world = try await EndpointWorld(mode: mode)
    for name in ["local-node", "away"] {
      _ = await world.send(
        "POST", "/api/v1/nodes",
        ["metadata": ["name": .string(name), "labels": ["kubernetes.io/hostname": "h"]]])
    }
    for account in ["app", "lost"] {
      _ = await world.send(
        "POST", Self.core + "/serviceaccounts", ["metadata": ["name": .string(account)]])
    }
    for map in ["volume", "projected", "from", "key", "pull", "lost"] {
      _ = await world.send(
        "POST", Self.core + "/configmaps", ["metadata": ["name": .string(map)]])
      _ = await world.send("POST", Self.core + "/secrets", ["metadata": ["name": .string(map)]])
    }
    await world.pod(
      "here", on: "local-node", account: "app",
      [
        "imagePullSecrets": [["name": "pull"]],
        "volumes": [
          ["name": "a", "configMap": ["name": "volume"]],
          ["name": "b", "secret": ["secretName": "volume"]],
          [
            "name": "c",
            "projected": [
              "sources": [
                ["configMap": ["name": "projected"]], ["secret": ["name": "projected"]],
                ["serviceAccountToken": ["path": "token"]],
              ]
            ],
          ],
        ],
        "containers": [
          [
            "name": "a", "image": "b",
            "envFrom": [["configMapRef": ["name": "from"]], ["secretRef": ["name": "from"]]],
            "env": [
              ["name": "A", "valueFrom": ["configMapKeyRef": ["name": "key", "key": "k"]]],
              ["name": "B", "valueFrom": ["secretKeyRef": ["name": "key", "key": "k"]]],
            ],
          ]
        ],
      ])
    await world.pod(
      "there", on: "away", account: "lost",
      ["volumes": [["name": "a", "configMap": ["name": "lost"]]]])
    return world
  }

  @Test(
    "a node reads itself, its pods, and what they name",
    arguments: [
      ("/api/v1/nodes/local-node", 200), ("/api/v1/nodes/away", 403), ("/api/v1/nodes", 403),
      ("/api/v1/nodes?fieldSelector=metadata.name%3Dlocal-node", 200),
      ("/api/v1/nodes?fieldSelector=metadata.name%3Daway", 403),
      ("/api/v1/nodes?fieldSelector=metadata.name!%3Dlocal-node", 403),
      (core + "/pods/here", 200), (core + "/pods/there", 403), (core + "/pods/absent", 404),
      ("/api/v1/pods", 403), (core + "/pods", 403),
      ("/api/v1/pods?fieldSelector=spec.nodeName%3Dlocal-node", 200),
      ("/api/v1/pods?fieldSelector=spec.nodeName%3Daway", 403),
      ("/api/v1/pods?fieldSelector=spec.nodeName!%3Daway", 403),
      (core + "/pods?fieldSelector=metadata.name%3Dthere", 403),
      ("/api/v1/pods?watch=1&fieldSelector=metadata.name%3Dthere", 403),
      (core + "/configmaps/volume", 200), (core + "/configmaps/projected", 200),
      (core + "/configmaps/from", 200), (core + "/configmaps/key", 200),
      (core + "/configmaps/lost", 403), (core + "/configmaps", 403),
      (core + "/configmaps?fieldSelector=metadata.name%3Dvolume", 200),
      (core + "/configmaps?fieldSelector=metadata.name%3Dlost", 403),
      (core + "/secrets/volume", 200), (core + "/secrets/projected", 200),
      (core + "/secrets/from", 200), (core + "/secrets/key", 200), (core + "/secrets/pull", 200),
      (core + "/configmaps/pull", 403), (core + "/secrets/lost", 403),
      ("/api/v1/namespaces/other/configmaps/volume", 403),
      (core + "/serviceaccounts/app", 200), (core + "/serviceaccounts/lost", 403),
      (core + "/serviceaccounts", 403),
    ])
  func reads(path: String, status: Int) async throws {
    let world = try await world()
    #expect(await world.send("GET", path, token: "node-token").status == status)
    #expect(
      [200, 404].contains(await world.send("GET", path.replacing("watch=1&", with: "")).status))
  }

  @Test("refusals have upstream's texts")
  func texts() async throws {
    let world = try await world()
    let user = "User \"system:node:local-node\" cannot"
    let cases: [(String, String, JSON?, String)] = [
      (
        "GET", "/api/v1/nodes/away", nil,
        "nodes \"away\" is forbidden: \(user) get resource \"nodes\" in API group \"\" at the "
          + "cluster scope: node 'local-node' cannot read 'away', only its own Node object"
      ),
      (
        "GET", Self.core + "/secrets/lost", nil,
        "secrets \"lost\" is forbidden: \(user) get resource \"secrets\" in API group \"\" in the "
          + "namespace \"default\": no relationship found between node 'local-node' and this object"
      ),
      (
        "PATCH", "/api/v1/nodes/away/status", ["status": ["phase": "x"]],
        "nodes \"away\" is forbidden: node \"local-node\" is not allowed to modify node \"away\""
      ),
      (
        "PATCH", Self.core + "/pods/here/status", ["metadata": ["labels": ["app": "other"]]],
        "pods \"here\" is forbidden: node \"local-node\" cannot update labels through pod status"
      ),
      (
        "DELETE", Self.core + "/pods/there", nil,
        "pods \"there\" is forbidden: node \"local-node\" can only delete pods with "
          + "spec.nodeName set to itself"
      ),
    ]
    for (method, path, body, message) in cases {
      let answer = await world.send(
        method, path, body, token: "node-token",
        type: method == "PATCH" ? "application/merge-patch+json" : "application/json")
      #expect(answer.status == 403)
      #expect(answer.json["message"]?.string == message)
    }
  }

  @Test(
    "a node changes itself and its pods alone, whatever the mode",
    arguments: [
      ("POST", "/api/v1/nodes", ["metadata": ["name": "third"]], 403),
      ("PATCH", "/api/v1/nodes/local-node", ["metadata": ["annotations": ["a": "b"]]], 200),
      ("PATCH", "/api/v1/nodes/away", ["metadata": ["annotations": ["a": "b"]]], 403),
      ("PUT", "/api/v1/nodes/away", ["metadata": ["name": "away"]], 403),
      (
        "PATCH", "/api/v1/nodes/local-node",
        ["metadata": ["labels": ["node-restriction.kubernetes.io/x": "y"]]], 403
      ),
      (
        "PATCH", "/api/v1/nodes/local-node",
        ["metadata": ["labels": ["kubernetes.io/role": "master"]]], 403
      ),
      (
        "PATCH", "/api/v1/nodes/local-node",
        ["metadata": ["labels": ["kubernetes.io/arch": "arm64", "mine/x": "y"]]], 200
      ),
      (
        "PATCH", "/api/v1/nodes/local-node",
        ["spec": ["taints": [["key": "k", "effect": "NoSchedule"]]]], 403
      ),
      ("PATCH", core + "/pods/here/status", ["status": ["phase": "Running"]], 200),
      ("PATCH", core + "/pods/there/status", ["status": ["phase": "Failed"]], 403),
      ("PUT", core + "/pods/there/status", ["metadata": ["name": "there"], "status": [:]], 403),
      (
        "PATCH", core + "/pods/here/status",
        ["metadata": ["labels": ["app": "other"]], "status": ["phase": "Running"]], 403
      ),
      (
        "PATCH", core + "/pods/here/status",
        ["metadata": ["labels": [:]], "status": ["phase": "Running"]], 200
      ),
      ("DELETE", core + "/pods/here", nil, 200), ("DELETE", core + "/pods/there", nil, 403),
      ("DELETE", core + "/pods", nil, 403),
      (
        "POST", core + "/pods",
        [
          "metadata": ["name": "new"],
          "spec": ["nodeName": "local-node", "containers": [["name": "a", "image": "b"]]],
        ], 201
      ),
      (
        "POST", core + "/pods",
        [
          "metadata": ["name": "new"],
          "spec": ["nodeName": "away", "containers": [["name": "a", "image": "b"]]],
        ], 403
      ),
      (
        "POST", core + "/pods",
        ["metadata": ["name": "new"], "spec": ["containers": [["name": "a", "image": "b"]]]], 403
      ),
    ] as [(String, String, JSON?, Int)])
  func writes(method: String, path: String, body: JSON?, status: Int) async throws {
    for mode in Authorizer.Mode.allCases {
      let world = try await world(mode)
      let type = method == "PATCH" ? "application/merge-patch+json" : "application/json"
      let answer = await world.send(method, path, body, token: "node-token", type: type)
      #expect(answer.status == status, "\(mode): \(answer.json.text())")
      guard status == 403 else { continue }
      let admin = await world.send(method, path, body, type: type).status
      #expect((200..<300).contains(admin), "the administrator may: \(admin)")
    }
  }

  @Test("a node gets tokens of its own pods alone")
  func tokens() async throws {
    let world = try await world()
    for (pod, account, status) in [("here", "app", 201), ("there", "lost", 403)] {
      let uid = await world.send("GET", Self.core + "/pods/\(pod)").json.at("metadata", "uid")
      let answer = await world.send(
        "POST", Self.core + "/serviceaccounts/\(account)/token",
        [
          "spec": [
            "boundObjectRef": [
              "kind": "Pod", "apiVersion": "v1", "name": .string(pod), "uid": uid ?? "",
            ]
          ]
        ], token: "node-token")
      #expect(answer.status == status)
    }
  }

  @Test("what a node leaves out of itself is a change as well")
  func omissions() async throws {
    let world = try await world()
    let path = "/api/v1/nodes/local-node"
    let labels: JSON = ["kubernetes.io/hostname": "h", "node-restriction.kubernetes.io/a": "b"]
    let spec: JSON = ["taints": [["key": "k", "effect": "NoSchedule"]]]
    let patch: JSON = ["metadata": ["labels": labels], "spec": spec]
    let type = "application/merge-patch+json"
    #expect(await world.send("PATCH", path, patch, type: type).status == 200)
    func put(_ metadata: JSONObject, _ rest: JSONObject) async -> String? {
      var (metadata, object) = (metadata, rest)
      metadata["name"] = "local-node"
      object["metadata"] = .object(metadata)
      let answer = await world.send("PUT", path, .object(object), token: "node-token")
      return answer.status == 403 ? answer.json["message"]?.string : "\(answer.status)"
    }
    let refusal = "nodes \"local-node\" is forbidden: node \"local-node\" is not allowed to modify"
    let label = "\(refusal) labels: node-restriction.kubernetes.io/a"
    #expect(await put([:], ["spec": spec]) == label)
    #expect(await put(["labels": [:]], ["spec": spec]) == label)
    #expect(await put(["labels": labels], [:]) == "\(refusal) taints")
    #expect(await put(["labels": labels], ["spec": [:]]) == "\(refusal) taints")
    // A change of the status leaves the spec as it is, and names no other.
    let status: JSON = ["metadata": ["name": "local-node", "labels": labels], "status": [:]]
    let told = await world.send("PUT", path + "/status", status, token: "node-token")
    #expect(told.status == 200 && told.json["spec"]?["taints"] == spec["taints"])
    let other = await world.send(
      "PATCH", path + "/status", ["spec": ["taints": []]], token: "node-token", type: type)
    #expect(other.status == 403)
    // Its own labels are its to take away.
    let kept: JSON = ["node-restriction.kubernetes.io/a": "b"]
    #expect(await put(["labels": kept], ["spec": spec]) == "200")
  }

  @Test("labels are restricted by their whole domain")
  func domains() {
    let restricted = [
      "a.kubernetes.io/x", "k8s.io/x", "kubernetes.io/x", "node-restriction.kubernetes.io/x",
      "x.node-restriction.kubernetes.io/x",
    ]
    let free = [
      "kubernetes.io", "x", "mykubernetes.io/x", "myk8s.io/x", "kubernetes.io.example/x",
      "kubelet.kubernetes.io/x", "a.node.kubernetes.io/x", "topology.kubernetes.io/zone",
    ]
    #expect(NodeLabels.restricted(in: restricted.reversed() + free) == restricted)
    // Not below those that are a node's own.
    #expect(NodeLabels.restricted(in: ["mynode.kubernetes.io/x"]) == ["mynode.kubernetes.io/x"])
  }

  @Test("a member of system:nodes without a node's name owns nothing")
  func nameless() async throws {
    let user = KubernetesUser(name: "somebody", groups: ["system:nodes"])
    #expect(NodeIdentity(user)?.holds(["spec": ["nodeName": ""]]) == false)
    #expect(throws: StatusError.self) {
      try NodeIdentity(user)?.checkCreation(
        of: ["metadata": ["name": ""]], in: "", kind: .nodes)
    }
    // Pods that are on no node yet are not its own.
    let objection = try await NodeIdentity(user)?.objection(
      toReading: ResourceAccess(verb: "list", group: "", resource: "pods"), of: .pods,
      fields: FieldSelector("spec.nodeName=", for: .pods), objects: EndpointWorld().cluster)
    #expect(objection == "can only list/watch pods with spec.nodeName field selector")
    #expect(NodeIdentity(.administrator) == nil)
    #expect(NodeIdentity(KubernetesUser(name: "system:node:x")) == nil)
  }
}
