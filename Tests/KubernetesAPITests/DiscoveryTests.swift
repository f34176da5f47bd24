import JSON
import Testing

@testable import KubernetesAPI

/// What discovery tells is what there is.
@Suite struct DiscoveryTests {
  private func names(_ world: EndpointWorld, _ path: String) async -> [String] {
    (await world.send("GET", path).json["resources"]?.array ?? []).compactMap { $0["name"]?.string }
  }

  @Test("groups, versions and resources")
  func documents() async throws {
    let world = try await EndpointWorld()
    let groups = await world.send("GET", "/apis").json["groups"]?.array ?? []
    #expect(
      groups.flatMap { $0["versions"]?.array ?? [] }.map { $0["groupVersion"]?.string } == [
        "authentication.k8s.io/v1", "authentication.k8s.io/v1beta1", "authorization.k8s.io/v1",
        "coordination.k8s.io/v1",
      ])
    #expect(
      await names(world, "/apis/authentication.k8s.io/v1") == [
        "selfsubjectreviews", "tokenreviews",
      ])
    #expect(
      await names(world, "/apis/authentication.k8s.io/v1beta1") == ["selfsubjectreviews"])
    #expect(
      await names(world, "/apis/authorization.k8s.io/v1") == [
        "selfsubjectaccessreviews", "selfsubjectrulesreviews", "subjectaccessreviews",
      ])
    #expect(
      await names(world, "/api/v1") == [
        "configmaps", "events", "namespaces", "namespaces/status", "nodes", "nodes/status", "pods",
        "pods/status", "secrets", "serviceaccounts", "serviceaccounts/token", "services",
        "services/status",
      ])
  }

  @Test("every review that is told of answers, by its kind and version")
  func reviews() async throws {
    let world = try await EndpointWorld()
    for review in ReviewKind.all {
      let version = "\(review.group)/\(review.version)"
      let spec: JSON =
        review.kind == "TokenReview"
        ? ["token": "x"]
        : ["resourceAttributes": ["verb": "get", "resource": "pods"], "user": "a"]
      let isSpecless = ["SelfSubjectReview", "SelfSubjectRulesReview"].contains(review.kind)
      let answer = await world.send(
        "POST", "/apis/\(version)/\(review.name)",
        isSpecless ? [:] : ["spec": spec])
      #expect(answer.status == 201, "\(review)")
      #expect(answer.json["kind"]?.string == review.kind)
      #expect(answer.json["apiVersion"]?.string == version)
    }
  }
}
