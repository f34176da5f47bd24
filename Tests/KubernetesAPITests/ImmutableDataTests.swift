import JSON
import Testing

@testable import KubernetesAPI

/// ConfigMaps and Secrets that say `immutable`, by requests at the handler.
@Suite struct ImmutableDataTests {
  private static let maps = "/api/v1/namespaces/default/configmaps"
  private static let secrets = "/api/v1/namespaces/default/secrets"

  /// The answer to a change of an immutable object with `a` in both its data and its binary data.
  private func change(
    _ patch: JSON, of target: String = maps
  ) async throws -> (status: Int, fields: [String], now: JSON) {
    let world = try await EndpointWorld()
    var object: JSONObject = [
      "metadata": ["name": "m"], "data": ["a": "eA=="], "immutable": true,
    ]
    if target == Self.maps { object["binaryData"] = ["b": "eA=="] }
    #expect(await world.send("POST", target, .object(object)).status == 201)
    let answer = await world.send(
      "PATCH", "\(target)/m", patch, type: "application/merge-patch+json")
    let causes = answer.json.at("details", "causes")?.array ?? []
    return (
      answer.status, causes.map { $0["field"]?.string ?? "" },
      await world.send("GET", "\(target)/m").json
    )
  }

  @Test(
    "no member of an immutable ConfigMap's data changes",
    arguments: [
      ["data": ["a": "eQ=="]], ["data": ["c": "eA=="]], ["data": ["a": .null]], ["data": .null],
      ["binaryData": ["b": "eQ=="]], ["binaryData": ["c": "eA=="]], ["binaryData": ["b": .null]],
      ["binaryData": .null],
    ] as [JSON])
  func data(patch: JSON) async throws {
    let answer = try await change(patch)
    #expect(answer.status == 422)
    #expect(answer.fields == ["data"])
    #expect(answer.now["data"] == ["a": "eA=="])
    #expect(answer.now["binaryData"] == ["b": "eA=="])
  }

  @Test("nor those of a Secret, nor its type")
  func secret() async throws {
    #expect(try await change(["data": ["a": "eQ=="]], of: Self.secrets).fields == ["data"])
    #expect(try await change(["stringData": ["a": "y"]], of: Self.secrets).fields == ["data"])
    #expect(try await change(["type": "other"], of: Self.secrets).fields == ["type"])
  }

  @Test("what is immutable stays so", arguments: [false, nil] as [Bool?])
  func immutable(value: Bool?) async throws {
    let answer = try await change(["immutable": value.map(JSON.bool) ?? .null])
    #expect(answer.status == 422)
    #expect(answer.fields == ["immutable"])
    #expect(answer.now["immutable"] == true)
  }

  @Test("its labels change all the same, and the data of one that does not say so")
  func mutable() async throws {
    let labelled = try await change(["metadata": ["labels": ["l": "v"]]])
    #expect(labelled.status == 200)
    let world = try await EndpointWorld()
    _ = await world.send(
      "POST", Self.maps, ["metadata": ["name": "m"], "binaryData": ["b": "eA=="]])
    let changed = await world.send(
      "PATCH", "\(Self.maps)/m", ["binaryData": ["b": "eQ=="]],
      type: "application/merge-patch+json")
    #expect(changed.json["binaryData"] == ["b": "eQ=="])
  }
}
