import JSON
import Testing

@testable import KubernetesAPI

/// The cluster as its own controllers use it.
@Suite(.timeLimit(.minutes(10))) struct ClusterObjectsTests {
  private func made() async throws -> (EndpointWorld, JSON) {
    let world = try await EndpointWorld()
    let map = try await world.cluster.create(
      .configMaps, ["metadata": ["name": "m", "namespace": "default"], "data": ["a": "1"]])
    return (world, map)
  }

  @Test("a changed object is stored, the same one is not, and nobody's change is overwritten")
  func updates() async throws {
    let (world, map) = try await made()
    let cluster: any ClusterObjects = world.cluster
    let start = world.cluster.store.revision
    #expect(try await cluster.update(.configMaps, map) == map)
    #expect(world.cluster.store.revision == start)
    var object = map.object ?? [:]
    object["data"] = ["a": "2"]
    let changed = try await cluster.update(.configMaps, .object(object))
    #expect(changed["data"] == ["a": "2"])
    #expect(changed.at("metadata", "resourceVersion")?.string == "\(start + 1)")
    let found = await cluster.object(.configMaps, namespace: "default", name: "m")
    #expect(found == changed)
    let stale = await #expect(throws: StatusError.self) {
      try await cluster.update(.configMaps, .object(object))
    }
    #expect(stale?.code == 409)
    object.edit("metadata") { $0["name"] = "nosuch" }
    let missing = await #expect(throws: StatusError.self) {
      try await cluster.update(.configMaps, .object(object))
    }
    #expect(missing?.code == 404)
  }

  private static func text(_ change: ObjectChange?) -> String {
    switch change {
    case .set(let object): "set \(object.at("data", "a")?.string ?? "")"
    case .removed(let object): "removed \(object.at("data", "a")?.string ?? "")"
    case nil: "end"
    }
  }

  @Test("whoever follows sees what is there, then each change")
  func changes() async throws {
    let (world, map) = try await made()
    let cluster: any ClusterObjects = world.cluster
    var seen: [String] = []
    var changes = await cluster.changes(of: .configMaps).makeAsyncIterator()
    seen.append(Self.text(await changes.next()))
    var object = map.object ?? [:]
    object["data"] = ["a": "2"]
    _ = try await cluster.update(.configMaps, .object(object))
    seen.append(Self.text(await changes.next()))
    _ = try await world.cluster.delete(
      .configMaps, ObjectPlace(namespace: "default", name: "m"))
    seen.append(Self.text(await changes.next()))
    #expect(seen == ["set 1", "set 2", "removed 2"])
  }

  @Test("a reset takes everything away, each object at a revision that nothing had before")
  func reset() async throws {
    let (world, _) = try await made()
    let store = world.cluster.store
    let before = store.revision
    let followed = try #require(store.follow(.configMaps, after: before))
    try await store.reset()
    #expect(store.revision == before + 1)
    for kind in ResourceKind.all { #expect(store.list(kind, namespace: "").objects.isEmpty) }
    for await change in followed.changes {
      #expect(change.after == nil && change.before?.name == "m")
      #expect(change.revision == before + 1)
      break
    }
    // What comes later is numbered on.
    _ = try await world.cluster.create(
      .namespaces, ["metadata": ["name": "default"]])
    #expect(store.revision == before + 2)
  }
}
