import HTTP
import JSON
import Testing

@testable import KubernetesAPI

/// Which resource a path names.
@Suite struct ResourcePathTests {
  /// `resource namespace name subresource` of a path; nil where it names none.
  private func found(_ path: String) -> String? {
    let segments = HTTPRequest(target: path).pathSegments ?? []
    guard let groupVersion = GroupVersion(segments),
      let path = ResourcePath(segments, groupVersion: groupVersion)
    else { return nil }
    return "\(path.kind.name) \(path.namespace) \(path.name) \(path.subresource)"
  }

  @Test(
    "with and without a namespace, an object and a part of it",
    arguments: [
      ("/api/v1/pods", "pods   "), ("/api/v1/namespaces/n/pods", "pods n  "),
      ("/api/v1/namespaces/n/pods/p", "pods n p "),
      ("/api/v1/namespaces/n/pods/p/status", "pods n p status"),
      ("/api/v1/nodes", "nodes   "), ("/api/v1/nodes/l", "nodes  l "),
      ("/api/v1/nodes/l/status", "nodes  l status"), ("/api/v1/namespaces", "namespaces   "),
      ("/api/v1/namespaces/n", "namespaces  n "),
      ("/api/v1/namespaces/n/status", "namespaces  n status"),
      ("/api/v1/namespaces/n/finalize", "namespaces  n finalize"),
      ("/apis/coordination.k8s.io/v1/leases", "leases   "),
      ("/apis/coordination.k8s.io/v1/namespaces/n/leases/l", "leases n l "),
      ("/api/v1/namespaces/n/pods/", "pods n  "),
      ("/api/v1/namespaces/n/serviceaccounts/a/token", "serviceaccounts n a token"),
      ("/api/v1/namespaces/namespaces/pods", "pods namespaces  "),
      ("/api/v1/pods/p", nil), ("/api/v1/pods/p/status", nil), ("/api/v1/namespaces/n/nodes", nil),
      ("/api/v1/namespaces/n/nodes/l", nil), ("/api/v1/namespaces//pods", nil),
      ("/api/v1/namespaces/n/pods//status", nil), ("/api/v1/namespaces/n/pods/p/a/b", nil),
      ("/api/v1/nosuch", nil), ("/api/v1/leases", nil), ("/api/v2/pods", nil),
      ("/apis//v1/pods", nil), ("/apis/coordination.k8s.io/v1/pods", nil),
      ("/apis/coordination.k8s.io/v1beta1/leases", nil), ("/api/v1", nil), ("/api/v1/", nil),
      ("/apis/coordination.k8s.io/v1", nil), ("/other/v1/pods", nil), ("/", nil),
      ("/api/v1/namespaces/n/Pods", nil),
    ] as [(String, String?)])
  func places(path: String, expected: String?) { #expect(found(path) == expected) }

  @Test(
    "group and version of a path that goes on",
    arguments: [
      ("/api/v1/x", "", "v1", true),
      ("/apis/coordination.k8s.io/v1/x", "coordination.k8s.io", "v1", true),
      ("/apis/g/v2/x/y", "g", "v2", false), ("/api/v2/x", "", "v2", false),
      ("/apis/authentication.k8s.io/v1/x", "authentication.k8s.io", "v1", false),
    ])
  func groups(path: String, group: String, version: String, hasKinds: Bool) throws {
    let segments = try #require(HTTPRequest(target: path).pathSegments)
    let found = try #require(GroupVersion(segments))
    #expect(found.group == group && found.version == version && found.hasKinds == hasKinds)
    #expect(found.segmentCount == (group.isEmpty ? 2 : 3))
  }

  @Test("a path that cannot be decoded is a bad request, and OpenAPI v2 is read alone")
  func endpoint() async throws {
    let world = try await EndpointWorld()
    let broken = await world.send("GET", "/api/v1/%zz")
    #expect(broken.status == 400 && broken.json["message"] == "the path cannot be decoded")
    let accept = [("Accept", "application/com.github.proto-openapi.spec.v2@v1.0+protobuf")]
    // Protobuf is no JSON.
    let document = await world.send("GET", "/openapi/v2", as: accept)
    #expect(document.status == 200 && document.json == .null)
    let json = await world.send("GET", "/openapi/v2")
    #expect(json.status == 200 && json.json["swagger"] == "2.0")
    #expect(await world.send("POST", "/openapi/v2", as: accept).status == 405)
    let other = await world.send("GET", "/openapi/v3", as: accept)
    #expect(other.status == 200 && other.json["paths"] != nil)
  }

  @Test(
    "each user has the rules of its strongest group",
    arguments: [
      (["system:masters", "system:nodes"], true, true, true),
      (["system:nodes", "system:authenticated"], false, true, true),
      (["system:authenticated"], false, false, true),
      (["system:unauthenticated"], false, false, false),
      ([], false, false, false), (["System:Masters"], false, false, false),
    ])
  func users(groups: [String], mayDelete: Bool, mayListPods: Bool, mayDiscover: Bool) {
    let authorizer = Authorizer(mode: .restricted)
    let user = KubernetesUser(name: "u", groups: groups)
    func may(_ verb: String, _ resource: String) -> Bool {
      authorizer.allows(user, .resource(ResourceAccess(verb: verb, group: "", resource: resource)))
    }
    #expect(may("delete", "namespaces") == mayDelete && may("list", "pods") == mayListPods)
    #expect(authorizer.allows(user, .path(verb: "get", path: "/apis/x")) == mayDiscover)
    #expect(authorizer.allows(user, .path(verb: "get", path: "/version")))
    let all = Authorizer(mode: .alwaysAllow)
    #expect(all.allows(user, .path(verb: "post", path: "/x")))
  }

  @Test("a refusal names user, verb, resource, place and cause")
  func refusals() {
    let user = KubernetesUser(name: "u")
    var access = ResourceAccess(verb: "get", group: "g", resource: "r", subresource: "s")
    #expect(
      Authorizer.refusal(user, access).message
        == "r.g is forbidden: User \"u\" cannot get resource \"r/s\" in API group \"g\" at the "
        + "cluster scope")
    (access.namespace, access.name) = ("n", "x")
    #expect(
      Authorizer.refusal(user, access, because: "c").message
        == "r.g \"x\" is forbidden: User \"u\" cannot get resource \"r/s\" in API group \"g\" in the "
        + "namespace \"n\": c")
  }
}
