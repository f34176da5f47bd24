import JSON
import Testing

@testable import KubernetesAPI

/// Reviews: of what, by which paths and methods.
@Suite struct ReviewFormTests {
  @Test(
    "of a review's two kinds of attributes the resource's count first, null is neither",
    arguments: [
      (
        ["resourceAttributes": ["verb": "get"], "nonResourceAttributes": ["verb": "x"]],
        .resource(ResourceAccess(verb: "get", group: "", resource: ""))
      ),
      (
        ["resourceAttributes": .null, "nonResourceAttributes": ["verb": "get", "path": "/x"]],
        .path(verb: "get", path: "/x")
      ),
      (["nonResourceAttributes": [:]], .path(verb: "", path: "")),
      (["resourceAttributes": .null, "nonResourceAttributes": .null], nil), (nil, nil),
      (
        [
          "resourceAttributes": [
            "verb": "v", "group": "g", "resource": "r", "subresource": "s", "namespace": "n",
            "name": "x",
          ]
        ],
        .resource(
          ResourceAccess(
            verb: "v", group: "g", resource: "r", subresource: "s", namespace: "n", name: "x"))
      ),
    ] as [(JSON?, AccessAttributes?)])
  func attributes(spec: JSON?, expected: AccessAttributes?) {
    #expect(AccessAttributes(reviewSpec: spec) == expected)
  }

  @Test(
    "a rule allows what it names in each part, or all",
    arguments: [
      (["get"], ["g"], ["r"], true), (["*"], ["*"], ["*"], true), (["list"], ["g"], ["r"], false),
      (["get"], [""], ["r"], false), (["get"], ["g"], ["r/s"], false), ([], ["g"], ["r"], false),
      (["list", "get"], ["", "g"], ["x", "r"], true), (["get"], ["g"], [], false),
    ])
  func rules(verbs: [String], groups: [String], resources: [String], isAllowed: Bool) {
    let rule = AccessRule(verbs: verbs, groups: groups, resources: resources)
    #expect(
      rule.allows(.resource(ResourceAccess(verb: "get", group: "g", resource: "r"))) == isAllowed)
    #expect(!rule.allows(.path(verb: "get", path: "/x")))
  }

  @Test(
    "paths are whole, or begin so",
    arguments: [
      ("/a", "/a", true), ("/a", "/a/", false), ("/a", "/ab", false), ("/a/*", "/a/b", true),
      ("/a/*", "/a", false), ("*", "/a", true), ("/a*", "/ab", true),
    ])
  func paths(given: String, path: String, isAllowed: Bool) {
    let rule = AccessRule(verbs: ["get"], paths: [given])
    #expect(rule.allows(.path(verb: "get", path: path)) == isAllowed)
    #expect(!rule.allows(.path(verb: "post", path: path)))
    #expect(!rule.allows(.resource(ResourceAccess(verb: "get", group: "", resource: "r"))))
  }

  private static let authentication = "/apis/authentication.k8s.io"
  private static let authorization = "/apis/authorization.k8s.io/v1"

  @Test(
    "where reviews are, and what is none",
    arguments: [
      ("POST", "\(authentication)/v1/selfsubjectreviews", 201),
      ("GET", "\(authentication)/v1/selfsubjectreviews", 405),
      ("PUT", "\(authorization)/selfsubjectaccessreviews", 405),
      ("POST", "\(authentication)/v1/selfsubjectreviews/x", 404),
      ("POST", "\(authentication)/v1/nosuch", 404),
      ("POST", "\(authentication)/v2/selfsubjectreviews", 404),
      ("POST", "\(authentication)/v1/subjectaccessreviews", 404),
      ("POST", "\(authorization)/selfsubjectreviews", 404),
      ("POST", "\(authorization)/selfsubjectrulesreviews", 201),
      ("POST", "\(authentication)/v1/tokenreviews", 400),
    ])
  func places(method: String, path: String, status: Int) async throws {
    let world = try await EndpointWorld()
    #expect(await world.send(method, path, ["spec": [:]]).status == status)
  }

  @Test("what a node may review, and what it may not")
  func rights() async throws {
    let world = try await EndpointWorld()
    let review: JSON = ["spec": ["token": "x"]]
    let token = await world.send(
      "POST", "\(Self.authentication)/v1/tokenreviews", review, token: "node-token")
    #expect(token.status == 201 && token.json["kind"] == "TokenReview")
    #expect(token.json["spec"] == ["token": "x"])
    #expect(token.json["status"] == ["user": [:], "error": "invalid bearer token"])
    let others = await world.send(
      "POST", "\(Self.authorization)/subjectaccessreviews", ["spec": [:]], token: "node-token")
    #expect(others.status == 403)
  }

  @Test("who is asking is told with the version that was asked", arguments: ["v1", "v1beta1"])
  func versions(version: String) async throws {
    let world = try await EndpointWorld()
    let answer = await world.send(
      "POST", "\(Self.authentication)/\(version)/selfsubjectreviews", [:])
    #expect(answer.status == 201)
    #expect(answer.json["apiVersion"]?.string == "authentication.k8s.io/\(version)")
    #expect(answer.json.at("metadata", "creationTimestamp")?.string != nil)
  }
}
