import JSON
import Testing

@testable import KubernetesAPI

/// Who may do what, as the reviews tell it.
@Suite struct AccessReviewTests {
  private static let base = "/apis/authorization.k8s.io/v1"

  private func status(
    _ name: String, _ spec: JSON, token: String, mode: Authorizer.Mode = .restricted
  ) async throws -> JSON? {
    let world = try await EndpointWorld(mode: mode)
    let answer = await world.send("POST", "\(Self.base)/\(name)", ["spec": spec], token: token)
    #expect(answer.status == 201)
    if name != "selfsubjectrulesreviews" { #expect(answer.json["spec"] == spec) }
    return answer.json["status"]
  }

  private static let allowed: JSON = [
    "allowed": true, "reason": "allowed by --authorization restricted",
  ]
  private static let pods: JSON = ["resourceAttributes": ["verb": "list", "resource": "pods"]]
  private static let namespaces: JSON = [
    "resourceAttributes": ["verb": "delete", "resource": "namespaces", "name": "n"]
  ]

  @Test("whoever asks is told of themselves, whomever the spec names")
  func own() async throws {
    var spec = Self.namespaces.object ?? [:]
    spec["user"] = "kubernetes-admin"
    spec["groups"] = ["system:masters"]
    let review = "selfsubjectaccessreviews"
    #expect(try await status(review, .object(spec), token: "node-token") == ["allowed": false])
    #expect(try await status(review, Self.pods, token: "node-token") == Self.allowed)
    #expect(try await status(review, Self.namespaces, token: "admin-token") == Self.allowed)
    let path: JSON = ["nonResourceAttributes": ["verb": "get", "path": "/metrics"]]
    #expect(try await status(review, path, token: "node-token") == ["allowed": false])
    #expect(
      try await status(review, path, token: "node-token", mode: .alwaysAllow)
        == ["allowed": true, "reason": "allowed by --authorization always-allow"])
  }

  @Test("a review of somebody is of the user and the groups in its spec")
  func others() async throws {
    let review = "subjectaccessreviews"
    for (groups, isAllowed) in [
      (["system:masters"], true), (["system:nodes"], false), ([], false),
    ] as [([String], Bool)] {
      var spec = Self.namespaces.object ?? [:]
      spec["user"] = "u"
      spec["groups"] = .strings(groups)
      let status = try await status(review, .object(spec), token: "admin-token")
      #expect(status == (isAllowed ? Self.allowed : ["allowed": false]))
    }
  }

  @Test("a review of nothing is refused")
  func nothing() async throws {
    let world = try await EndpointWorld()
    let answer = await world.send("POST", "\(Self.base)/selfsubjectaccessreviews", ["spec": [:]])
    #expect(answer.status == 422)
    #expect(
      answer.json.at("details", "causes")?[0]?["field"] == "spec.resourceAttributes")
  }

  @Test("rules are told apart: of resources, and of paths")
  func rules() async throws {
    let rules = try await status("selfsubjectrulesreviews", [:], token: "admin-token")
    #expect(
      rules == [
        "resourceRules": [["verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]]],
        "nonResourceRules": [["verbs": ["*"], "nonResourceURLs": ["*"]]], "incomplete": false,
      ])
  }

  @Test("whoever asks who they are is told")
  func subject() async throws {
    let world = try await EndpointWorld()
    let answer = await world.send(
      "POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", [:], token: "node-token"
    ).json
    #expect(
      answer.at("status", "userInfo", "username") == "system:node:local-node")
    #expect(
      answer.at("status", "userInfo", "groups") == ["system:nodes", "system:authenticated"])
  }

  @Test(
    "a node registers with labels that are its own alone",
    arguments: [
      (["kubernetes.io/hostname": "x", "mine": "y"], 201), ([:], 201),
      (["node-restriction.kubernetes.io/a": "x"], 403),
    ] as [(JSON, Int)])
  func nodes(labels: JSON, status: Int) async throws {
    let world = try await EndpointWorld()
    let answer = await world.send(
      "POST", "/api/v1/nodes", ["metadata": ["name": "local-node", "labels": labels]],
      token: "node-token")
    #expect(answer.status == status)
    let other = await world.send(
      "POST", "/api/v1/nodes", ["metadata": ["name": "other"]], token: "node-token")
    #expect(other.status == 403)
  }
}
