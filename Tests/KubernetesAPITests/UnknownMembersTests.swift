import JSON
import Testing

@testable import KubernetesAPI

/// Bodies with members that their type does not have.
@Suite struct UnknownMembersTests {
  private static func members(_ count: Int) -> JSON {
    .object((0..<count).reduce(into: JSONObject()) { $0["unknown\($1)"] = 0 })
  }

  @Test("as many are named as kube-apiserver names: a hundred")
  func limit() throws {
    for (count, named) in [(3, 3), (100, 100), (101, 100), (5_000, 100)] {
      let body = try #require(Self.members(count).object)
      let decoded = try ObjectDecoder.decode(body, as: .serviceAccounts)
      #expect(decoded.object.isEmpty)
      #expect(decoded.unknown == (0..<named).map { "unknown\($0)" })
    }
  }

  @Test("places are named by member and number, in warnings and in refusals")
  func places() throws {
    let pod: JSONObject = [
      "spec": ["containers": [["name": "a"], ["name": "b", "x": 1, "env": [["y": 1], ["z": 1]]]]]
    ]
    #expect(
      try ObjectDecoder.decode(pod, as: .pods).unknown == [
        "spec.containers[1].x", "spec.containers[1].env[0].y", "spec.containers[1].env[1].z",
      ])
    let error = #expect(throws: StatusError.self) {
      try ObjectDecoder.decode(
        ["spec": ["containers": [["name": "a", "env": [["name": 1]]]]]], as: .pods)
    }
    #expect(
      error?.message
        == "Pod in version \"v1\" cannot be handled as a Pod: json: cannot unmarshal number into Go "
        + "struct field EnvVar.spec.containers.env.name of type string")
  }

  @Test("warnings take no more than upstream's 4,096 characters, and none is there twice")
  func warnings() async throws {
    let world = try await EndpointWorld()
    func warnings(_ names: [String]) async -> [String] {
      var body: JSONObject = ["metadata": ["generateName": "a"]]
      for name in names { body[name] = 0 }
      return await world.send(
        "POST", "/api/v1/namespaces/default/serviceaccounts", .object(body)
      ).warnings
    }
    #expect(
      await warnings(["x", "y"]) == [
        #"299 - "unknown field \"x\"""#, #"299 - "unknown field \"y\"""#,
      ])
    let long = String(repeating: "l", count: 5_000)
    // Cut to 256 characters each, of which `unknown field "` takes 15.
    let cut = #"299 - "unknown field \""# + String(repeating: "l", count: 241) + "\""
    #expect(await warnings([long, "x"]) == [cut, #"299 - "unknown field \"x\"""#])
    let many = await warnings((0..<100).map { "\($0)" + String(repeating: "m", count: 300) })
    #expect(many.count == 16)
  }
}
