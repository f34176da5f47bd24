import JSON
import TestSupport
import Testing

@testable import KubernetesAPI

/// What a watch begins with.
@Suite(.timeLimit(.minutes(10))) struct WatchStartTests {
  private static let maps = "/api/v1/namespaces/default/configmaps"

  private func world() async throws -> EndpointWorld {
    let world = try await EndpointWorld()
    for (name, label) in [("a", "x"), ("b", "y")] {
      let metadata: JSON = ["name": .string(name), "labels": ["l": .string(label)]]
      #expect(await world.send("POST", Self.maps, ["metadata": metadata]).status == 201)
    }
    let elsewhere: JSON = ["metadata": ["name": "a", "labels": ["l": "x"]]]
    _ = await world.send("POST", "/api/v1/namespaces/other/configmaps", elsewhere)
    return world
  }

  /// The lines as `TYPE name`.
  private func lines(
    _ world: EndpointWorld, _ count: Int, _ query: String
  ) async throws -> [String] {
    try await world.watch(count, query).map {
      "\($0["type"]?.string ?? "") \($0.at("object", "metadata", "name")?.string ?? "")"
    }
  }

  @Test(
    "without a revision it begins with what is there, of its namespace and its selector",
    arguments: [
      ("", ["ADDED a", "ADDED b"]), ("resourceVersion=0", ["ADDED a", "ADDED b"]),
      ("labelSelector=l%3Dx", ["ADDED a"]), ("fieldSelector=metadata.name%3Db", ["ADDED b"]),
    ])
  func existing(query: String, lines: [String]) async throws {
    #expect(try await self.lines(world(), lines.count, query) == lines)
  }

  @Test("initial events that are asked for end with a bookmark that says so")
  func initialEvents() async throws {
    let world = try await world()
    let query =
      "sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan"
    let lines = try await world.watch(3, query)
    #expect(lines.map { $0["type"]?.string } == ["ADDED", "ADDED", "BOOKMARK"])
    let metadata = lines.last?.at("object", "metadata")
    #expect(metadata?.at("annotations", "k8s.io/initial-events-end") == "true")
    #expect(metadata?["resourceVersion"]?.string == "\(world.cluster.store.revision)")
    // Whatever revision it names.
    #expect(try await self.lines(world, 2, query + "&resourceVersion=1") == ["ADDED a", "ADDED b"])
  }

  @Test("a watch that wants no initial events, or goes on from a revision, tells what comes alone")
  func later() async throws {
    let world = try await world()
    let now = world.cluster.store.revision
    let silent = "sendInitialEvents=false&resourceVersionMatch=NotOlderThan"
    let lines = Task { try await self.lines(world, 1, silent) }
    await eventually { world.cluster.store.followerCount(of: .configMaps) != 0 }
    _ = await world.send("POST", Self.maps, ["metadata": ["name": "new"]])
    #expect(try await lines.value == ["ADDED new"])
    #expect(try await self.lines(world, 1, "resourceVersion=\(now)") == ["ADDED new"])
  }

  @Test("a revision that nobody knows any more is told as gone, in the stream")
  func gone() async throws {
    let world = try await world()
    for number in 0..<(2 * ResourceCache.historyLimit) {
      let place = ObjectPlace(namespace: "default", name: "a")
      _ = try await world.cluster.store.change(.configMaps, place) { _ in
        .store(["metadata": ["name": "a", "namespace": "default", "n": .integer(Int64(number))]])
      }
    }
    let lines = try await world.watch(1, "resourceVersion=1")
    #expect(lines.first?["type"] == "ERROR")
    #expect(lines.first?.at("object", "code") == 410)
    #expect(
      lines.first?.at("object", "message")?.string
        == "too old resource version: 1 (\(world.cluster.store.revision))")
  }

  @Test("a watch whose time is over ends, once it has told what is there")
  func timeout() async throws {
    let world = try await world()
    #expect(try await lines(world, 9, "timeoutSeconds=-1") == ["ADDED a", "ADDED b"])
    let now = world.cluster.store.revision
    #expect(try await lines(world, 9, "timeoutSeconds=-1&resourceVersion=\(now)") == [])
    await eventually { world.cluster.store.followerCount(of: .configMaps) == 0 }
  }
}
