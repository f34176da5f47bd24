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

  @Test(
    "plans the next step of an annotated account's association",
    arguments: [
      // Wanted role; owner and role of the association that is there.
      (nil, nil, nil, .nothing),
      ("r", nil, nil, .create),
      ("r", "me", nil, .describe(id: "a-1")), ("r", "me", "r", .nothing),
      ("r", "me", "other", .update(id: "a-1")), (nil, "me", nil, .delete(id: "a-1")),
      ("r", "", "r", .leaveToOwner(id: "a-1")), (nil, "", "r", .nothing),
    ] as [(String?, String?, String?, AssociationPlan)])
  func plans(wanted: String?, owner: String?, role: String?, expected: AssociationPlan) {
    let account = AnnotatedAccount(namespace: "n", name: "a", roleARN: wanted)
    let existing = owner.map {
      PodIdentityAssociation(
        id: "a-1", namespace: "n", account: "a", roleARN: role, ownerARN: $0.isEmpty ? nil : $0)
    }
    #expect(AssociationPlan.next(for: account, existing: existing, ownerARN: "me") == expected)
  }
}
