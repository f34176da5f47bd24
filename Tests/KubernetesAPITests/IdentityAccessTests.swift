import JSON
import Testing

@testable import KubernetesAPI

@Suite struct IdentityAccessTests {
  private func allowed(_ rules: [AccessRule], _ verb: String, _ resource: String) -> Bool {
    let parts = resource.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    return rules.contains {
      $0.allows(
        .resource(
          ResourceAccess(
            verb: verb, group: parts[0], resource: parts[1],
            subresource: parts.count > 2 ? parts[2] : "")))
    }
  }

  @Test(
    "allows each user what belongs to them",
    arguments: [
      // Verb and group/resource; node, ServiceAccount.
      ("create", "/serviceaccounts/token", true, false),
      ("get", "/serviceaccounts", true, false),
      ("create", "/serviceaccounts", false, false),
      ("list", "/pods", true, false), ("watch", "/pods", true, false),
      ("create", "/pods", true, false), ("update", "/pods", false, false),
      ("patch", "/pods/status", true, false), ("delete", "/pods", true, false),
      ("patch", "/nodes/status", true, false), ("delete", "/nodes", false, false),
      ("watch", "/configmaps", true, false), ("update", "/configmaps", false, false),
      ("list", "/secrets", false, false), ("create", "/events", true, false),
      ("create", "authentication.k8s.io/tokenreviews", true, false),
      ("create", "authentication.k8s.io/selfsubjectreviews", true, true),
      ("create", "authorization.k8s.io/selfsubjectrulesreviews", true, true),
      ("create", "authorization.k8s.io/subjectaccessreviews", false, false),
      ("get", "/namespaces", true, false), ("delete", "/namespaces", false, false),
    ])
  func resources(verb: String, resource: String, node: Bool, account: Bool) {
    #expect(allowed(AccessRule.everything, verb, resource))
    #expect(allowed(AccessRule.node, verb, resource) == node)
    #expect(allowed(AccessRule.authenticated, verb, resource) == account)
    #expect(!allowed(AccessRule.anonymous, verb, resource))
  }

  @Test(
    "answers version, health and OIDC to everybody, discovery to whoever has a name",
    arguments: [
      ("/version", true, true), ("/healthz", true, true), ("/readyz", true, true),
      ("/.well-known/openid-configuration", true, true), ("/openid/v1/jwks", true, true),
      ("/keys", true, true), ("/api", false, true), ("/apis/apps/v1", false, true),
      ("/openapi/v3", false, true), ("/metrics", false, false), ("/apisx", false, false),
    ])
  func paths(path: String, anonymous: Bool, account: Bool) {
    func allowed(_ rules: [AccessRule], _ verb: String) -> Bool {
      rules.contains { $0.allows(.path(verb: verb, path: path)) }
    }
    #expect(allowed(AccessRule.anonymous, "get") == anonymous)
    #expect(allowed(AccessRule.authenticated, "get") == account)
    #expect(!allowed(AccessRule.authenticated, "post"))
    #expect(allowed(AccessRule.everything, "post"))
  }

  @Test("reads the attributes of access reviews")
  func attributes() throws {
    let resource: JSON = [
      "resourceAttributes": ["verb": "list", "resource": "pods", "namespace": "n"]
    ]
    #expect(
      AccessAttributes(reviewSpec: resource)
        == .resource(ResourceAccess(verb: "list", group: "", resource: "pods", namespace: "n")))
    let path: JSON = ["nonResourceAttributes": ["verb": "get", "path": "/version"]]
    #expect(AccessAttributes(reviewSpec: path) == .path(verb: "get", path: "/version"))
    #expect(AccessAttributes(reviewSpec: [:]) == nil)
  }
}
