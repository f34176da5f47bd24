import JSON
import Platform
import PodIdentity
import Testing

@testable import KubernetesAPI

/// What the event log says of requested tokens and of those who show a wrong one.
@Suite struct TokenRequestEventTests {
  private static let path = "/api/v1/namespaces/default/serviceaccounts/a/token"

  private func world() async throws -> EndpointWorld {
    let world = try await EndpointWorld()
    let accounts = "/api/v1/namespaces/default/serviceaccounts"
    #expect(await world.send("POST", accounts, ["metadata": ["name": "a"]]).status == 201)
    await world.pod("p", on: "n", account: "a")
    return world
  }

  @Test("a token that was issued: for whom, for how long, and what it says, without its signature")
  func issued() async throws {
    let world = try await world()
    let answer = await world.send(
      "POST", Self.path,
      [
        "spec": [
          "audiences": ["x", "y"], "expirationSeconds": 700,
          "boundObjectRef": ["kind": "Pod", "apiVersion": "v1", "name": "p"],
        ]
      ])
    #expect(answer.status == 201)
    let event = try #require(world.events.entries(after: 0).last).json
    #expect(event["operation"]?.string == EventOperation.tokenRequest)
    #expect(event["outcome"] == "ok" && event["check"] == nil)
    #expect(event["subject"] == ["namespace": "default", "serviceAccount": "a", "pod": "p"])
    #expect(event["audiences"] == ["x", "y"] && event["expirationSeconds"] == 700)
    #expect(event.at("header", "alg") == "RS256")
    #expect(event.at("claims", "aud") == ["x", "y"])
    let token = try #require(answer.json.at("status", "token")?.string)
    let signature = try #require(token.split(separator: ".").last)
    #expect(!event.text().contains(signature))
  }

  @Test(
    "a token that was refused: why, and by which check",
    arguments: [
      (["expirationSeconds": 1], "Invalid", "duration less than 10 minutes"),
      (
        ["boundObjectRef": ["kind": "Pod", "apiVersion": "v1", "name": "nosuch"]], "NotFound",
        "pods \"nosuch\" not found"
      ),
      (["boundObjectRef": ["kind": "Job", "name": "j"]], "BadRequest", "cannot bind token"),
    ] as [(JSON, String, String)])
  func refused(spec: JSON, outcome: String, reason: String) async throws {
    let world = try await world()
    #expect(await world.send("POST", Self.path, ["spec": spec]).status >= 400)
    let event = try #require(world.events.entries(after: 0).last).json
    #expect(event["operation"]?.string == EventOperation.tokenRequest)
    #expect(event["outcome"]?.string == outcome && event["check"] == "token-request")
    #expect(event["reason"]?.string?.contains(reason) == true)
    #expect(event.at("subject", "serviceAccount") == "a")
    #expect(event["claims"] == nil && event["audiences"] == nil)
  }

  @Test("who shows a token that is none is told apart from who shows none")
  func unauthorized() async throws {
    let world = try await world()
    #expect(await world.send("GET", "/api/v1/pods", token: "wrong").status == 401)
    let event = try #require(world.events.entries(after: 0).last).json
    #expect(event["operation"]?.string == EventOperation.authenticate)
    #expect(event["outcome"] == "Unauthorized" && event["check"] == "token")
    #expect(event["reason"] == "invalid bearer token")
  }

  @Test("a member that a token request does not have is warned of, as is a lifetime cut short")
  func warnings() async throws {
    let world = try await world()
    let answer = await world.send(
      "POST", Self.path, ["spec": ["expirationSeconds": 90_000, "more": 1]])
    #expect(answer.status == 201)
    #expect(
      answer.warnings == [
        "299 - \"unknown field \\\"spec.more\\\"\"",
        "299 - \"requested expiration of 90000 seconds shortened to 86400 seconds\"",
      ])
  }
}
