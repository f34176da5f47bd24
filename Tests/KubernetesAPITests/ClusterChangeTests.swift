import JSON
import Platform
import Testing

@testable import KubernetesAPI

/// Which changes of objects are taken, by requests at the handler.
@Suite struct ClusterChangeTests {
  private static let maps = "/api/v1/namespaces/default/configmaps"
  private static let map = "\(maps)/m"
  private static let merge = "application/merge-patch+json"

  private func world(_ metadata: JSONObject = [:]) async throws -> EndpointWorld {
    let world = try await EndpointWorld()
    var all = metadata
    all["name"] = "m"
    #expect(
      await world.send("POST", Self.maps, ["metadata": .object(all)]).status == 201)
    return world
  }

  @Test(
    "an object keeps its name, its namespace and its identity",
    arguments: [
      (
        ["name": "other"], 400,
        "the name of the object (other) does not match the name on the URL (m)"
      ),
      (
        ["namespace": "other"], 400,
        "the namespace of the object (other) does not match the namespace on the request (default)"
      ),
      (["uid": "x"], 409, "UID in precondition: x"),
      (["resourceVersion": "1"], 409, "the object has been modified"),
      (["name": "", "namespace": "", "uid": "", "resourceVersion": ""], 200, ""),
      (
        ["creationTimestamp": "2000-01-01T00:00:00Z", "generateName": "g", "selfLink": "s"], 200, ""
      ),
    ] as [(JSONObject, Int, String)])
  func identity(metadata: JSONObject, status: Int, text: String) async throws {
    let world = try await world()
    let before = await world.send("GET", Self.map).json["metadata"]
    let answer = await world.send(
      "PUT", Self.map, ["metadata": .object(metadata), "data": ["a": "b"]])
    #expect(answer.status == status)
    #expect(answer.json["message"]?.string?.contains(text) ?? text.isEmpty)
    guard status == 200 else { return }
    var after = answer.json["metadata"]?.object ?? [:]
    #expect(after["resourceVersion"] != before?["resourceVersion"])
    after["resourceVersion"] = before?["resourceVersion"]
    #expect(.object(after) == before)
  }

  @Test("what is not there cannot be changed", arguments: ["PUT", "PATCH", "DELETE", "GET"])
  func missing(method: String) async throws {
    let world = try await world()
    let type = method == "PATCH" ? Self.merge : "application/json"
    let answer = await world.send(method, "\(Self.maps)/nosuch", [:], type: type)
    #expect(answer.status == 404)
    #expect(answer.json["message"] == "configmaps \"nosuch\" not found")
  }

  @Test(
    "a patch leaves kind, version and UID as they are",
    arguments: [
      (["kind": "Secret"], 400, "the kind of the object cannot be changed"),
      (["apiVersion": "v2"], 400, "the apiVersion of the object cannot be changed"),
      (["metadata": ["uid": "x"]], 422, "metadata.uid: Invalid value: \"x\": field is immutable"),
      (["data": ["a": "b"]], 200, ""),
    ] as [(JSON, Int, String)])
  func patches(patch: JSON, status: Int, text: String) async throws {
    let world = try await world()
    let answer = await world.send("PATCH", Self.map, patch, type: Self.merge)
    #expect(answer.status == status)
    #expect(answer.json["message"]?.string?.contains(text) ?? text.isEmpty)
  }

  @Test("a deletion takes the preconditions that it names")
  func preconditions() async throws {
    let world = try await world()
    let metadata = await world.send("GET", Self.map).json["metadata"]
    func delete(_ preconditions: JSON) async -> (Int, String) {
      let answer = await world.send("DELETE", Self.map, ["preconditions": preconditions])
      return (answer.status, answer.json["message"]?.string ?? "")
    }
    let uid = await delete(["uid": "x"])
    #expect(uid.0 == 409 && uid.1.contains("the UID in the precondition (x) does not match"))
    let revision = await delete(["resourceVersion": "1"])
    #expect(
      revision.0 == 409
        && revision.1.contains("the ResourceVersion in the precondition (1) does not match"))
    let good = await delete([
      "uid": metadata?["uid"] ?? "", "resourceVersion": metadata?["resourceVersion"] ?? "",
    ])
    #expect(good.0 == 200)
  }

  @Test("an object on its way out loses finalizers and gains none, and goes with the last")
  func finalizers() async throws {
    let world = try await world(["finalizers": ["a.b/c", "a.b/d"]])
    func patch(_ finalizers: JSON) async -> Int {
      await world.send(
        "PATCH", Self.map, ["metadata": ["finalizers": finalizers]], type: Self.merge
      ).status
    }
    let first = await world.send("DELETE", Self.map).json
    #expect(first["kind"] == "ConfigMap" && first.at("metadata", "deletionGracePeriodSeconds") == 0)
    let time = first.at("metadata", "deletionTimestamp")
    #expect(time?.string == world.cluster.clock.now.wholeSeconds.rfc3339)
    // A second deletion changes nothing.
    #expect(await world.send("DELETE", Self.map).json == first)
    #expect(await patch(["a.b/c", "a.b/e"]) == 422)
    #expect(await patch(["a.b/c"]) == 200)
    #expect(await world.send("GET", Self.map).status == 200)
    #expect(await patch([]) == 200)
    #expect(await world.send("GET", Self.map).status == 404)
  }

  @Test(
    "a deletion answers as its kind does",
    arguments: [
      (Self.maps, ["metadata": ["name": "x"]], "Status", false),
      ("/api/v1/namespaces/default/services", ["metadata": ["name": "x"]], "Service", false),
      (
        "/api/v1/namespaces/default/pods",
        ["metadata": ["name": "x"], "spec": ["containers": [["name": "a", "image": "b"]]]],
        "Pod", true
      ),
    ] as [(String, JSON, String, Bool)])
  func answers(path: String, object: JSON, kind: String, isMarked: Bool) async throws {
    let world = try await EndpointWorld()
    let made = await world.send("POST", path, object).json
    for query in ["?dryRun=All", ""] {
      let answer = await world.send("DELETE", "\(path)/x\(query)").json
      #expect(answer["kind"]?.string == kind)
      if kind == "Status" {
        #expect(
          answer["details"] == [
            "name": "x", "kind": "configmaps", "uid": made.at("metadata", "uid") ?? "",
          ])
        #expect(answer["status"] == "Success")
      } else {
        #expect(answer.at("metadata", "uid") == made.at("metadata", "uid"))
        guard query.isEmpty else { continue }
        #expect((answer.at("metadata", "deletionTimestamp") != nil) == isMarked)
      }
    }
    #expect(await world.send("GET", "\(path)/x").status == 404)
  }
}
