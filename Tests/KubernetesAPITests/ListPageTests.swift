import JSON
import Platform
import Testing

@testable import KubernetesAPI

/// Pages and revisions of lists.
@Suite struct ListPageTests {
  private static let path = "/api/v1/namespaces/default/configmaps"

  private func world() async throws -> EndpointWorld {
    let world = try await EndpointWorld()
    for (name, team) in [("a", "x"), ("b", "y"), ("c", "x"), ("d", "x")] {
      let metadata: JSON = ["name": .string(name), "labels": ["team": .string(team)]]
      #expect(await world.send("POST", Self.path, ["metadata": metadata]).status == 201)
    }
    return world
  }

  private func names(_ list: JSON) -> [String] {
    (list["items"]?.array ?? []).compactMap { $0.at("metadata", "name")?.string }
  }

  @Test(
    "a page has what it may, and says what is left where no selector hides how much that is",
    arguments: [
      ("", ["a", "b", "c", "d"], nil, false), ("limit=4", ["a", "b", "c", "d"], nil, false),
      ("limit=3", ["a", "b", "c"], 1, true), ("limit=1", ["a"], 3, true),
      ("limit=0", ["a", "b", "c", "d"], nil, false),
      ("limit=-1", ["a", "b", "c", "d"], nil, false),
      ("limit=2&labelSelector=team%3Dx", ["a", "c"], nil, true),
      ("limit=3&labelSelector=team%3Dx", ["a", "c", "d"], nil, false),
      ("fieldSelector=metadata.name%3Db", ["b"], nil, false),
      // Whatever is at hand is not paged.
      ("limit=1&resourceVersion=0", ["a", "b", "c", "d"], nil, false),
    ] as [(String, [String], Int64?, Bool)])
  func pages(query: String, names: [String], left: Int64?, goesOn: Bool) async throws {
    let world = try await world()
    let list = await world.send("GET", "\(Self.path)?\(query)").json
    #expect(self.names(list) == names)
    #expect(list.at("metadata", "remainingItemCount")?.integer == left)
    let token = list.at("metadata", "continue")?.string
    #expect((token != nil) == goesOn)
    guard let token else { return }
    let rest = await world.send("GET", "\(Self.path)?\(query)&continue=\(token)").json
    let all = query.contains("team") ? ["a", "c", "d"] : ["a", "b", "c", "d"]
    #expect(self.names(rest).first == all.dropFirst(names.count).first)
    #expect(Set(self.names(rest)).isDisjoint(with: names))
  }

  @Test("a page that goes on is of the first one's revision, and begins where that ended")
  func goesOn() async throws {
    let world = try await world()
    let first = await world.send("GET", "\(Self.path)?limit=2").json
    let revision = first.at("metadata", "resourceVersion")
    _ = await world.send("POST", Self.path, ["metadata": ["name": "e"]])
    let token = first.at("metadata", "continue")?.string ?? ""
    let read = try #require(try ContinueToken(token))
    #expect(read.start == ObjectPlace(namespace: "default", name: "c"))
    #expect("\(read.revision)" == revision?.string)
    let next = await world.send("GET", "\(Self.path)?limit=2&continue=\(token)").json
    #expect(next.at("metadata", "resourceVersion") == revision)
    #expect(names(next) == ["c", "d"])
    // A page that goes on may name the revision of no list.
    let zero = await world.send("GET", "\(Self.path)?limit=2&resourceVersion=0&continue=\(token)")
    #expect(zero.status == 200 && names(zero.json) == ["c", "d"])
  }

  @Test(
    "tokens that are none",
    arguments: [
      "x", "e30", Base64.encodeURL(Array(#"{"rv":1}"#.utf8)),
      Base64.encodeURL(Array(#"{"rv":1,"start":"a"}"#.utf8)),
      Base64.encodeURL(Array(#"{"rv":1,"start":"a\u0000b\u0000c"}"#.utf8)),
      Base64.encodeURL(Array(#"{"start":"a\u0000b"}"#.utf8)),
    ])
  func badTokens(token: String) async throws {
    let answer = await world(token)
    #expect(answer == 400)
  }

  private func world(_ token: String) async -> Int {
    guard let world = try? await world() else { return 0 }
    return await world.send("GET", "\(Self.path)?continue=\(token)").status
  }

  @Test("a revision that is not reached is waited for, one that is past is told only as it was")
  func revisions() async throws {
    let world = try await world()
    let now = world.cluster.store.revision
    func list(_ query: String) async -> (Int, String) {
      let answer = await world.send("GET", "\(Self.path)?\(query)")
      return (answer.status, answer.json["message"]?.string ?? "")
    }
    #expect(await list("resourceVersion=\(now)").0 == 200)
    #expect(await list("resourceVersion=1&resourceVersionMatch=NotOlderThan").0 == 200)
    #expect(await list("resourceVersion=\(now)&resourceVersionMatch=Exact").0 == 200)
    let late = await list("resourceVersion=\(now + 1)")
    #expect(late.0 == 504)
    #expect(late.1 == "Timeout: Too large resource version: \(now + 1), current: \(now)")
    #expect(await list("resourceVersion=\(now - 1)&resourceVersionMatch=Exact").0 == 410)
    #expect(await list("resourceVersion=x").0 == 400)
    #expect(await list("continue=x&resourceVersion=1").0 == 400)
    #expect(await world.send("GET", "\(Self.path)/a?resourceVersion=x").status == 500)
    #expect(await world.send("GET", "\(Self.path)/a?resourceVersion=1").status == 200)
  }

  @Test("a list says of what kind it is, and its items, which are whole otherwise, do not")
  func items() async throws {
    let world = try await world()
    // Also where the client said it, or the object was changed.
    let said: JSON = ["kind": "ConfigMap", "apiVersion": "v1", "metadata": ["name": "e"]]
    #expect(await world.send("POST", Self.path, said).status == 201)
    let change: JSON = ["data": ["k": "v"]]
    let patched = await world.send(
      "PATCH", "\(Self.path)/a", change, type: "application/merge-patch+json")
    #expect(patched.status == 200)
    let list = await world.send("GET", Self.path).json
    #expect(list["kind"] == "ConfigMapList" && list["apiVersion"] == "v1")
    #expect(
      list.at("metadata", "resourceVersion")?.string == "\(world.cluster.store.revision)")
    for item in list["items"]?.array ?? [] {
      var whole = await world.send("GET", "\(Self.path)/\(item.objectName)").json.object ?? [:]
      #expect(whole["kind"] == "ConfigMap" && whole["apiVersion"] == "v1")
      whole["kind"] = nil
      whole["apiVersion"] = nil
      #expect(item == .object(whole))
    }
    #expect(list["items"]?.array?.count == 5)
  }
}
