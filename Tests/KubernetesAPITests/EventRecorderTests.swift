import JSON
import Platform
import Testing

@testable import KubernetesAPI

/// Events about objects, as `kubectl describe` shows them.
@Suite struct EventRecorderTests {
  private let objects = ObjectTable()
  private let clock = ManualClock()

  private var recorder: EventRecorder {
    EventRecorder(objects: objects, component: "part", clock: clock, log: .none)
  }

  private static let account: JSON = [
    "kind": "ServiceAccount", "apiVersion": "v1",
    "metadata": ["name": "a", "namespace": "n", "uid": "u", "resourceVersion": "7"],
  ]

  @Test("an Event says what, why, by whom, when and about which object")
  func first() async throws {
    await recorder.record(.warning, reason: "Why", message: "what", about: Self.account)
    let event = try #require(await objects.objects(.events).first)
    #expect(event.objectNamespace == "n" && event.objectName.hasPrefix("a."))
    #expect(event.objectName.utf8.count == 2 + 16)
    #expect(event["type"] == "Warning" && event["reason"] == "Why" && event["message"] == "what")
    #expect(event.at("source", "component") == "part" && event["reportingComponent"] == "part")
    #expect(event["count"] == 1)
    #expect(event["firstTimestamp"]?.string == clock.now.rfc3339)
    #expect(event["lastTimestamp"] == event["firstTimestamp"])
    #expect(
      event["involvedObject"] == [
        "kind": "ServiceAccount", "namespace": "n", "name": "a", "uid": "u", "apiVersion": "v1",
        "resourceVersion": "7",
      ])
  }

  @Test("the same again counts up and keeps its first time; anything else is another Event")
  func again() async throws {
    await recorder.record(.normal, reason: "Why", message: "what", about: Self.account)
    let start = clock.now
    clock.advance(by: .seconds(60))
    for _ in 1...2 {
      await recorder.record(.normal, reason: "Why", message: "what", about: Self.account)
    }
    let event = try #require(await objects.objects(.events).first)
    #expect(event["count"] == 3 && event["type"] == "Normal")
    #expect(event["firstTimestamp"]?.string == start.rfc3339)
    #expect(event["lastTimestamp"]?.string == clock.now.rfc3339)
    var other = Self.account.object ?? [:]
    other.edit("metadata") { $0["uid"] = "u2" }
    await recorder.record(.normal, reason: "Why", message: "what", about: .object(other))
    await recorder.record(.normal, reason: "Why", message: "else", about: Self.account)
    await recorder.record(.normal, reason: "Else", message: "what", about: Self.account)
    #expect(await objects.objects(.events).count == 4)
  }

  @Test(
    "a count that somebody wrote is never more than 32 bits, nor less than none",
    arguments: [
      (JSON.integer(.max), Int64(Int32.max)), (.integer(Int64(Int32.max)), Int64(Int32.max)),
      (-5, 1), ("x", 2), (41, 42),
    ])
  func counts(given: JSON, next: Int64) async throws {
    await recorder.record(.normal, reason: "Why", message: "what", about: Self.account)
    var event = try #require(await objects.objects(.events).first?.object)
    event["count"] = given
    _ = try await objects.update(.events, .object(event))
    await recorder.record(.normal, reason: "Why", message: "what", about: Self.account)
    #expect(await objects.objects(.events).first?["count"]?.integer == next)
  }
}
