import JSON
import Testing

@testable import KubernetesAPI

/// From where a client goes on that remembers the revision of a watch's last event.
@Suite(.timeLimit(.minutes(10))) struct WatchRevisionTests {
  /// The first events of a watch, with type and revision.
  private func events(
    _ count: Int, of world: EndpointWorld, _ query: String
  ) async throws -> [(type: String, revision: Int64)] {
    try await world.watch(count, query).map { line in
      let revision = line.at("object", "metadata", "resourceVersion")?.string ?? ""
      return (line["type"]?.string ?? "", Int64(revision) ?? -1)
    }
  }

  @Test("each event has the revision of its change, also where an object leaves the selector")
  func revisions() async throws {
    let world = try await EndpointWorld()
    let maps = "/api/v1/namespaces/default/configmaps"
    let start = world.cluster.store.revision
    _ = await world.send("POST", maps, ["metadata": ["name": "m", "labels": ["x": "1"]]])
    for value in ["1", "2", "1"] as [JSON] {
      _ = await world.send(
        "PATCH", "\(maps)/m", ["data": ["a": value], "metadata": ["labels": ["x": value]]],
        type: "application/merge-patch+json")
    }
    _ = await world.send("DELETE", "\(maps)/m")
    let found = try await events(
      5, of: world, "labelSelector=x%3D1&resourceVersion=\(start)")
    #expect(found.map(\.type) == ["ADDED", "MODIFIED", "DELETED", "ADDED", "DELETED"])
    #expect(found.map(\.revision) == (1...5).map { start + $0 })
    // Who goes on from an event sees none of those up to it again.
    for (index, event) in found.dropLast().enumerated() {
      let rest = try await events(
        4 - index, of: world, "labelSelector=x%3D1&resourceVersion=\(event.revision)")
      #expect(rest.map(\.revision) == found.dropFirst(index + 1).map(\.revision))
    }
  }
}
