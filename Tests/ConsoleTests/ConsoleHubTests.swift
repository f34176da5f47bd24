import JSON
import TestSupport
import Testing

@testable import CommandCore
@testable import Console

@Suite(.timeLimit(.minutes(10))) struct ConsoleHubTests {
  private func hub() throws -> ConsoleHub {
    ConsoleHub(stack: try StackInfo(json: SampleStack.json, path: "/stack.json"))
  }

  /// All messages of a stream that ends: each one's kind and data.
  private func messages(_ stream: AsyncStream<[UInt8]>) async throws -> [(kind: String, data: JSON)]
  {
    var found: [(kind: String, data: JSON)] = []
    for await bytes in stream {
      let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
      #expect(lines.count == 2 && bytes.suffix(2) == [0x0A, 0x0A])
      let data = try JSON.parse(Array(lines[1].utf8.dropFirst("data: ".utf8.count)))
      found.append((String(lines[0].dropFirst("event: ".count)), data))
    }
    return found
  }

  @Test("a page is told how things stand, then what happens, and of a change once")
  func follows() async throws {
    let hub = try hub()
    hub.set("pods", ["one"])
    hub.note(
      ["operation": "TokenRequest", "claims": ["sub": "s"], "outcome": "ok"], isLive: false)
    let stream = hub.follow()
    hub.set("pods", ["one"])
    hub.set("pods", ["two"])
    hub.note(["operation": "GetCredentials", "outcome": "ok", "reason": "a\nb"], isLive: true)
    hub.close()
    let found = try await messages(stream)
    #expect(found.map(\.kind) == ["picture", "picture", "happened"])
    let picture = found[0].data
    #expect(picture["pods"] == ["one"])
    #expect(picture.at("token", "claims", "sub") == "s")
    #expect(picture["recent"]?.array?.count == 1)
    // The stack file holds the admin token.
    #expect(
      Set(picture.object?.names ?? []) == ["cluster", "region", "pods", "recent", "token"])
    #expect(found[1].data == ["pods": ["two"]])
    #expect(found[2].data["operation"] == "GetCredentials")
  }

  @Test("the denial that is shown is the one that tells the reason")
  func denial() async throws {
    let hub = try hub()
    let agent: JSON = ["operation": "GetCredentials", "outcome": "400", "check": "eks-auth"]
    hub.note(agent, isLive: true)
    hub.note(
      [
        "operation": "AssumeRoleForPodIdentity", "outcome": "AccessDeniedException",
        "check": "trust-policy",
      ], isLive: true)
    hub.note(agent, isLive: true)
    hub.note(["operation": "HeadObject", "outcome": "404", "check": "key"], isLive: true)
    let stream = hub.follow()
    hub.close()
    #expect(try await messages(stream)[0].data.at("denial", "check") == "trust-policy")
  }

  @Test("another stack is shown from its beginning")
  func anotherStack() async throws {
    let hub = try hub()
    hub.set("pods", ["one"])
    let event: JSON = [
      "operation": "TokenRequest", "claims": "{}", "outcome": "ok",
      "time": "2026-11-27T00:00:00.000Z", "subject": ["serviceAccount": "a"],
    ]
    hub.note(event, isLive: true)
    hub.note(["operation": "X", "service": "s", "time": event["time"] ?? ""], isLive: true)
    var json = SampleStack.json.object ?? [:]
    json["cluster"] = "other"
    hub.stack = try StackInfo(json: .object(json), path: "/stack.json")
    let stream = hub.follow()
    hub.note(event, isLive: true)
    hub.close()
    let found = try await messages(stream)
    let picture = found[0].data
    // Its flows are counted from one.
    #expect(found[1].data["flow"] == 1)
    #expect(picture["cluster"] == "other" && picture["pods"] == nil)
    #expect(picture["recent"] == [] && picture["token"] == nil)
  }

  @Test("a page that comes late is told the last forty events, the session, and of an end at once")
  func kept() async throws {
    let hub = try hub()
    for number in 0..<42 {
      hub.note(
        ["operation": "GetObject", "outcome": "ok", "key": .string("\(number)")], isLive: true)
    }
    hub.note(
      ["operation": "AssumeRole", "outcome": "ok", "sessionTags": ["kubernetes-namespace": "n"]],
      isLive: false)
    hub.close()
    let found = try await messages(hub.follow())
    #expect(found.map(\.kind) == ["picture"])
    let picture = try #require(found.first).data
    #expect(picture["recent"]?.array?.count == 40)
    #expect(picture["recent"]?[0]?["key"] == "3")
    #expect(picture.at("session", "sessionTags", "kubernetes-namespace") == "n")
    #expect(picture["token"] == nil && picture["denial"] == nil)
    #expect(picture["recent"]?[39]?["live"] == false && picture["recent"]?[0]?["live"] == true)
  }

  @Test("an agent that could not reach EKS Auth tells more than what EKS Auth refused before")
  func away() async throws {
    let hub = try hub()
    hub.note(
      [
        "operation": "AssumeRoleForPodIdentity", "outcome": "AccessDeniedException",
        "check": "trust-policy",
      ], isLive: true)
    hub.note(["operation": "GetCredentials", "outcome": "500", "check": "eks-auth"], isLive: true)
    hub.close()
    let picture = try #require(try await messages(hub.follow()).first).data
    #expect(picture.at("denial", "operation") == "GetCredentials")
    #expect(picture["recent"]?[0]?["decides"] == true)
  }

  @Test("the same stack goes on as it was, and another one is told of as new")
  func anew() async throws {
    let hub = try hub()
    hub.set("pods", ["one"])
    let stream = hub.follow()
    hub.stack = try StackInfo(json: SampleStack.json, path: "/elsewhere.json")
    var json = SampleStack.json.object ?? [:]
    json["cluster"] = "other"
    hub.stack = try StackInfo(json: .object(json), path: "/stack.json")
    hub.close()
    let found = try await messages(stream)
    #expect(found.map(\.kind) == ["picture", "anew"])
    #expect(found.last?.data == ["cluster": "other", "region": "us-east-1"])
  }
}
