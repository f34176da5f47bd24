import JSON
import Testing

@testable import KubernetesAPI

/// What a write to an object, and one to its status, reach of it.
@Suite struct StatusWriteTests {
  private static let merge = "application/merge-patch+json"

  private func world() async throws -> EndpointWorld {
    let world = try await EndpointWorld()
    let node: JSON = ["metadata": ["name": "l", "labels": ["a": "b"]]]
    #expect(await world.send("POST", "/api/v1/nodes", node).status == 201)
    let service: JSON = ["metadata": ["name": "s", "labels": ["a": "b"]], "spec": [:]]
    #expect(
      await world.send("POST", "/api/v1/namespaces/default/services", service).status == 201)
    return world
  }

  private static let paths = [
    ("/api/v1/nodes/l", true), ("/api/v1/namespaces/default/services/s", false),
  ]

  @Test(
    "a status write changes the status, of nodes and pods labels and annotations too, and no spec",
    arguments: paths)
  func status(path: String, takesLabels: Bool) async throws {
    let world = try await world()
    let before = await world.send("GET", path).json
    let patch: JSON = [
      "metadata": ["labels": ["a": "c"], "annotations": ["d": "e"], "ownerReferences": [[:]]],
      "spec": ["x": "y", "unschedulable": true], "status": ["phase": "New"],
    ]
    let after = await world.send("PATCH", "\(path)/status", patch, type: Self.merge).json
    #expect(after.at("status", "phase") == "New")
    #expect(after["spec"] == before["spec"])
    #expect(after.at("metadata", "labels", "a") == (takesLabels ? "c" : "b"))
    #expect(after.at("metadata", "annotations", "d") == (takesLabels ? "e" : nil))
    #expect(after.at("metadata", "ownerReferences") == nil)
    #expect(after.at("metadata", "uid") == before.at("metadata", "uid"))
    #expect(await world.send("GET", "\(path)/status").json == after)
  }

  @Test("a write of the object leaves the status as it is", arguments: paths)
  func object(path: String, _: Bool) async throws {
    let world = try await world()
    _ = await world.send(
      "PATCH", "\(path)/status", ["status": ["phase": "Old"]], type: Self.merge)
    var object = await world.send("GET", path).json.object ?? [:]
    object["status"] = ["phase": "New"]
    object.edit("metadata") { $0["labels"] = ["n": "m"] }
    let after = await world.send("PUT", path, .object(object)).json
    #expect(after.at("status", "phase") == "Old")
    #expect(after.at("metadata", "labels") == ["n": "m"])
  }

  @Test("a status write with a revision of before is refused")
  func stale() async throws {
    let world = try await world()
    var node = await world.send("GET", "/api/v1/nodes/l").json.object ?? [:]
    let revision = node["metadata"]?["resourceVersion"] ?? ""
    _ = await world.send(
      "PATCH", "/api/v1/nodes/l", ["metadata": ["labels": ["x": "y"]]], type: Self.merge)
    node["status"] = ["phase": "New"]
    #expect(await world.send("PUT", "/api/v1/nodes/l/status", .object(node)).status == 409)
    node.edit("metadata") { $0["resourceVersion"] = nil }
    #expect(await world.send("PUT", "/api/v1/nodes/l/status", .object(node)).status == 200)
    #expect(revision != "")
  }

  @Test("only kinds that have a status serve one")
  func served() async throws {
    let world = try await world()
    let path = "/api/v1/namespaces/default/configmaps/m"
    _ = await world.send(
      "POST", "/api/v1/namespaces/default/configmaps", ["metadata": ["name": "m"]])
    for method in ["GET", "PUT", "PATCH"] {
      #expect(await world.send(method, "\(path)/status", [:], type: Self.merge).status == 404)
    }
    #expect(await world.send("DELETE", "/api/v1/nodes/l/status").status == 405)
    #expect(await world.send("GET", "/api/v1/nodes/l/finalize").status == 404)
  }
}
