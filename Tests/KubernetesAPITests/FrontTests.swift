import JSON
import Testing

@testable import KubernetesAPI

/// Which verb answers a request, and what lies outside of the resources.
@Suite struct FrontTests {
  private static let node = "node-token"

  @Test(
    "outside of the resources",
    arguments: [
      ("GET", "/healthz", 200), ("GET", "/livez/ping", 200), ("GET", "/readyz/", 200),
      ("HEAD", "/readyz", 200), ("GET", "/healthzx", 404), ("GET", "/version", 200),
      ("GET", "/version/", 200), ("POST", "/version", 405), ("POST", "/nosuch", 404),
      ("GET", "/api", 200), ("GET", "/apis/", 200), ("GET", "/", 200), ("GET", "/openapi/v2", 200),
      ("GET", "/openapi/v3/api/v1", 200), ("GET", "/openapi/v3/nosuch", 404),
      ("GET", "/apis/nosuch.io/v1", 404), ("GET", "/apis/nosuch.io/v1/things", 404),
      ("GET", "/apis/coordination.k8s.io", 200), ("GET", "/apis/coordination.k8s.io/v2", 404),
    ])
  func plain(method: String, path: String, status: Int) async throws {
    let world = try await EndpointWorld()
    #expect(await world.send(method, path).status == status)
  }

  @Test(
    "methods and paths of resources",
    arguments: [
      ("GET", "/namespaces/default/pods", 200), ("GET", "/pods", 200), ("GET", "/nodes", 200),
      ("PUT", "/namespaces/default/pods", 405), ("PATCH", "/namespaces/default/pods", 405),
      ("POST", "/namespaces/default/pods/p", 405), ("DELETE", "/pods", 405),
      ("DELETE", "/nodes", 200), ("DELETE", "/namespaces", 405),
      ("DELETE", "/namespaces/default/pods", 200), ("GET", "/nosuch", 404),
      ("GET", "/namespaces/default/nodes", 404), ("GET", "/pods/p", 404),
      ("GET", "/namespaces/default/pods/p/log", 404), ("GET", "/namespaces/default", 200),
      ("GET", "/namespaces/default/status", 200), ("GET", "/namespaces/default/pods/", 200),
      ("GET", "/namespaces//pods", 404), ("GET", "/namespaces/default/pods/p/status/x", 404),
      ("GET", "/namespaces/default/serviceaccounts/a/token", 405),
      ("OPTIONS", "/namespaces/default/pods", 405),
    ])
  func verbs(method: String, path: String, status: Int) async throws {
    let world = try await EndpointWorld()
    #expect(await world.send(method, "/api/v1\(path)").status == status)
  }

  @Test("a refusal says who may not do what, and where")
  func refusals() async throws {
    let world = try await EndpointWorld()
    func message(_ method: String, _ path: String) async -> String {
      let answer = await world.send(method, path, token: Self.node)
      #expect(answer.status == 403, "\(path)")
      return answer.json["message"]?.string ?? ""
    }
    #expect(
      await message("POST", "/api/v1/namespaces")
        == "namespaces is forbidden: User \"system:node:local-node\" cannot create resource "
        + "\"namespaces\" in API group \"\" at the cluster scope")
    #expect(
      await message("DELETE", "/api/v1/namespaces/default/serviceaccounts/a")
        == "serviceaccounts \"a\" is forbidden: User \"system:node:local-node\" cannot delete "
        + "resource \"serviceaccounts\" in API group \"\" in the namespace \"default\"")
    #expect(
      await message("GET", "/metrics")
        == "forbidden: User \"system:node:local-node\" cannot get path \"/metrics\"")
    #expect(await world.send("GET", "/api/v1/pods", token: "wrong").status == 401)
  }
}
