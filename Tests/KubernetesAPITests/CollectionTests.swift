import JSON
import Testing

@testable import KubernetesAPI

/// Lists, and `DELETE` of what a list would show.
@Suite struct CollectionTests {
  private static let path = "/api/v1/namespaces/default/configmaps"

  private func names(_ list: JSON) -> [String] {
    (list["items"]?.array ?? []).compactMap { $0.at("metadata", "name")?.string }
  }

  private func world() async throws -> EndpointWorld {
    let world = try await EndpointWorld()
    for (name, team) in [("a", "x"), ("b", "y"), ("c", "x")] {
      let metadata: JSON = ["name": .string(name), "labels": ["team": .string(team)]]
      #expect(await world.send("POST", Self.path, ["metadata": metadata]).status == 201)
    }
    return world
  }

  @Test(
    "with dryRun it tells what would go, and nothing goes",
    arguments: [("?dryRun=All", nil), ("", ["dryRun": ["All"]])] as [(String, JSON?)])
  func dryRun(query: String, body: JSON?) async throws {
    let world = try await world()
    let told = await world.send("DELETE", Self.path + query, body)
    #expect(told.status == 200 && names(told.json) == ["a", "b", "c"])
    #expect(names(await world.send("GET", Self.path).json) == ["a", "b", "c"])
  }

  @Test("a page that goes on is of the first one's revision, and names no other")
  func pages() async throws {
    let world = try await world()
    let first = await world.send("GET", Self.path + "?limit=2").json
    let next = "?limit=2&continue=" + (first.at("metadata", "continue")?.string ?? "")
    #expect(names(await world.send("GET", Self.path + next).json) == ["c"])
    let refused = await world.send("GET", Self.path + next + "&resourceVersion=1")
    #expect(refused.status == 400)
    #expect(
      refused.json["message"]?.string
        == "specifying resource version is not allowed when using continue")
  }

  @Test("what the selector and the limit leave out stays")
  func selected() async throws {
    let world = try await world()
    let first = await world.send("DELETE", Self.path + "?labelSelector=team%3Dx&limit=1")
    #expect(first.status == 200 && names(first.json) == ["a"])
    #expect(names(await world.send("GET", Self.path).json) == ["b", "c"])
    let second = await world.send("DELETE", Self.path + "?labelSelector=team%3Dx")
    #expect(names(second.json) == ["c"])
    #expect(names(await world.send("GET", Self.path).json) == ["b"])
  }
}
