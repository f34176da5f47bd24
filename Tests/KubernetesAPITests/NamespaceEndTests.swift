import JSON
import Platform
import Testing

@testable import KubernetesAPI

/// How namespaces end.
@Suite struct NamespaceEndTests {
  private static let path = "/api/v1/namespaces/other"
  private static let maps = "\(path)/configmaps"
  private static let merge = "application/merge-patch+json"

  private func map(_ name: String, _ finalizers: JSON = []) -> JSON {
    ["metadata": ["name": .string(name), "finalizers": finalizers]]
  }

  @Test("what a finalizer holds holds its namespace, which takes nothing new, until it goes")
  func held() async throws {
    let world = try await EndpointWorld()
    _ = await world.send("POST", Self.maps, map("held", ["a.b/c"]))
    _ = await world.send("POST", Self.maps, map("free"))
    #expect(await world.send("DELETE", Self.path).status == 200)
    let namespace = await world.send("GET", Self.path).json
    #expect(namespace.at("status", "phase") == "Terminating")
    #expect(
      namespace.at("metadata", "deletionTimestamp")?.string
        == world.cluster.clock.now.wholeSeconds.rfc3339)
    #expect(await world.send("GET", "\(Self.maps)/free").status == 404)
    let refused = await world.send("POST", Self.maps, map("new"))
    #expect(refused.status == 403)
    #expect(refused.json.at("details", "causes")?[0]?["reason"] == "NamespaceTerminating")
    let isThere = await world.send(
      "PATCH", "\(Self.maps)/held", ["metadata": ["finalizers": .null]], type: Self.merge)
    #expect(isThere.status == 200)
    #expect(await world.send("GET", Self.path).status == 404)
  }

  @Test("a finalizer of its own holds an empty namespace")
  func own() async throws {
    let world = try await EndpointWorld()
    _ = await world.send(
      "PATCH", Self.path, ["metadata": ["finalizers": ["a.b/c"]]], type: Self.merge)
    _ = await world.send("DELETE", Self.path)
    #expect(await world.send("GET", Self.path).status == 200)
    let place = ObjectPlace(namespace: "", name: "other")
    await world.cluster.finishNamespace("other")
    #expect(world.cluster.store.object(.namespaces, place) != nil)
  }

  @Test("a dry run and another namespace's UID leave everything there")
  func kept() async throws {
    let world = try await EndpointWorld()
    _ = await world.send("POST", Self.maps, map("m"))
    let told = await world.send("DELETE", Self.path + "?dryRun=All")
    #expect(told.status == 200 && told.json.at("status", "phase") == "Terminating")
    let refused = await world.send("DELETE", Self.path, ["preconditions": ["uid": "x"]])
    #expect(refused.status == 409)
    #expect(await world.send("GET", Self.path).json.at("status", "phase") == "Active")
    #expect(await world.send("GET", "\(Self.maps)/m").status == 200)
    #expect(await world.send("DELETE", "/api/v1/namespaces/nosuch").status == 404)
  }

  @Test("a deletion that a stop broke off goes on, and no other namespace is touched")
  func resumed() async throws {
    let world = try await EndpointWorld()
    _ = await world.send("POST", Self.maps, map("m"))
    let store = world.cluster.store
    let place = ObjectPlace(namespace: "", name: "other")
    _ = try await store.change(.namespaces, place) { old throws(StatusError) in
      var object = old?.json.object ?? [:]
      object.edit("metadata") { $0["deletionTimestamp"] = "2026-01-01T00:00:00Z" }
      return .store(object)
    }
    await world.cluster.resumeNamespaceDeletions()
    #expect(store.object(.namespaces, place) == nil)
    #expect(store.list(.configMaps, namespace: "other").objects.isEmpty)
    #expect(store.object(.namespaces, ObjectPlace(namespace: "", name: "default")) != nil)
  }

  @Test(
    "the namespaces that a cluster begins with stay",
    arguments: NamespaceDefaults.startNamespaces)
  func first(name: String) async throws {
    let world = try await EndpointWorld()
    let answer = await world.send("DELETE", "/api/v1/namespaces/\(name)")
    #expect(answer.status == 403)
  }
}
