import AdminAPI
import HTTP
import JSON
import Platform
import Testing

@testable import NodeAgent

/// Faults at the agent: who meets them, and what a pod then gets.
@Suite struct AgentFaultTests {
  private static let token = CredentialsEndpointTests.token(
    #"{"kubernetes.io":{"namespace":"n","serviceaccount":{"name":"a"},"pod":{"name":"p"}}}"#)

  private func world(_ rule: JSON) async throws -> AgentWorld {
    let world = AgentWorld()
    _ = try await world.faults.add(Fault(json: rule, catalogue: AgentFaults.catalogue))
    return world
  }

  @Test("the agent knows two faults of its own")
  func catalogue() {
    let special = AgentFaults.catalogue.special
    #expect(special.map(\.name) == ["no-expiration", "past-expiration"])
    #expect(special.allSatisfy { $0.operations == ["GetCredentials"] })
  }

  @Test(
    "a pod meets what is set for it, its ServiceAccount or its namespace, and nothing else",
    arguments: [
      (["namespace": "n"], 418), (["namespace": "m"], 200), (["serviceAccount": "a"], 418),
      (["serviceAccount": "b"], 200), (["pod": "p"], 418), (["pod": "q"], 200), ([:], 418),
      (["namespace": "m", "serviceAccount": "a", "pod": "p"], 200),
    ] as [(JSONObject, Int)])
  func subjects(match: JSONObject, status: Int) async throws {
    var rule = match
    rule["action"] = "status"
    rule["status"] = 418
    let world = try await world(.object(rule))
    #expect(await world.send(token: Self.token).status == status)
    let event = try #require(world.events.entries(after: 0).last).json
    #expect(event["outcome"] == (status == 200 ? "ok" : "fault"))
    #expect((event["fault"] == nil) == (status == 200))
  }

  @Test("kept credentials do not pass a fault by")
  func kept() async throws {
    let world = AgentWorld()
    #expect(await world.send(token: Self.token).status == 200)
    let rule: JSON = ["action": "status", "status": 500, "count": 1]
    _ = try await world.faults.add(Fault(json: rule, catalogue: AgentFaults.catalogue))
    #expect(await world.send(token: Self.token).status == 500)
    #expect(await world.send(token: Self.token).status == 200)
    #expect(world.source.calls == 1)
  }

  @Test("an error is one of EKS Auth's, as the agent hands it on")
  func error() async throws {
    let world = try await world(["action": "error", "code": "ThrottlingException"])
    let answer = await world.send(token: Self.token)
    #expect(answer.status == 429)
    #expect(world.text(answer).contains("(ThrottlingException)"))
    #expect(world.source.calls == 0)
  }

  @Test(
    "errors that can be named are EKS Auth's",
    arguments: [
      ("ThrottlingException", 429), ("ResourceNotFoundException", 404),
      ("AccessDeniedException", 400), ("Throttling", nil), ("throttlingexception", nil),
      ("SlowDown", nil),
    ])
  func errors(code: String, status: Int?) {
    for operation in [nil, "GetCredentials"] {
      #expect(AgentFaults.catalogue.error(operation, code)?.status == status)
    }
  }

  @Test("credentials come without their Expiration, or with one that is past")
  func expiration() async throws {
    let missing = try await world(["action": "no-expiration", "operation": "GetCredentials"])
    let past = try await world(["action": "past-expiration", "operation": "GetCredentials"])
    // From EKS Auth first, kept ones then.
    for _ in 0..<2 {
      let bare = try JSON.parse(await missing.send(token: Self.token).bodyBytes)
      #expect(bare["Expiration"] == nil && bare["AccessKeyId"] == "ASIA1")
      let over = try JSON.parse(await past.send(token: Self.token).bodyBytes)
      let end = try #require(Instant(rfc3339: over["Expiration"]?.string ?? ""))
      #expect(past.clock.now - end == .seconds(60))
    }
    #expect(missing.source.calls == 1)
  }

  @Test("the event of kept credentials names the fault that changed them")
  func keptEvent() async throws {
    let world = AgentWorld()
    _ = await world.send(token: Self.token)
    let rule: JSON = ["action": "past-expiration", "operation": "GetCredentials"]
    let set = try await world.faults.add(
      Fault(json: rule, catalogue: AgentFaults.catalogue)
    ).fault
    _ = await world.send(token: Self.token)
    let event = try #require(world.events.entries(after: 0).last).json
    #expect(event["cached"] == true && event["fault"]?.string == set.id)
    #expect(world.source.calls == 1)
  }

  @Test("a refusal stays what it is where there are no credentials to change")
  func refusal() async throws {
    let world = try await world(["action": "no-expiration", "operation": "GetCredentials"])
    world.source.set(
      .failure(
        .answered(status: 400, requestID: "i", code: "AccessDeniedException", message: "m")))
    let answer = await world.send(token: Self.token)
    #expect(answer.status == 400 && world.text(answer).contains("(AccessDeniedException)"))
  }
}
