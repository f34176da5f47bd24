import JSON
import Testing

@testable import CommandCore
@testable import Console

/// The console reads associations, which EKS tells of: its own reading is not shown.
@Suite struct ConsoleReadingTests {
  /// A reading that expectations can ask, though asking changes it.
  private final class Reading {
    private var reading = ConsoleReading()

    func passes(_ event: JSON, isLive: Bool) -> Bool { reading.passes(event, isLive: isLive) }
    func note(own id: String) { reading.note(own: id) }
    func begin() { reading.begin() }
    func end() -> [JSON] { reading.end() }
  }

  private static func event(
    _ id: String?, _ operation: String = "ListPodIdentityAssociations", service: String = "aws-api"
  ) -> JSON {
    var event: JSONObject = ["operation": .string(operation), "service": .string(service)]
    event["requestId"] = id.map(JSON.string)
    return .object(event)
  }

  @Test("other events pass at any time, lookups of the past never")
  func others() {
    let reading = Reading()
    reading.begin()
    #expect(reading.passes(Self.event("1", "GetRole"), isLive: false))
    #expect(reading.passes(Self.event("1", service: "node-agent"), isLive: false))
    #expect(reading.end().isEmpty)
    #expect(!reading.passes(Self.event("1"), isLive: false))
    #expect(reading.passes(Self.event("1"), isLive: true))
  }

  @Test(
    "the console's own call is left out once, whether it is told of during the reading or after")
  func own() {
    for operation in ["ListPodIdentityAssociations", "DescribePodIdentityAssociation"] {
      let reading = Reading()
      reading.begin()
      reading.note(own: "known")
      reading.note(own: "late")
      #expect(!reading.passes(Self.event("known", operation), isLive: true))
      #expect(!reading.passes(Self.event("told", operation), isLive: true))
      #expect(!reading.passes(Self.event("other", operation), isLive: true))
      #expect(!reading.passes(Self.event(nil, operation), isLive: true))
      // Its answer comes after the event.
      reading.note(own: "told")
      #expect(
        reading.end() == [Self.event("other", operation), Self.event(nil, operation)])
      #expect(reading.end().isEmpty)
      #expect(!reading.passes(Self.event("late", operation), isLive: true))
      #expect(reading.passes(Self.event("late", operation), isLive: true))
    }
  }

  @Test("calls that are never told of do not pile up")
  func bounded() {
    let reading = Reading()
    for number in 0...10_001 { reading.note(own: "\(number)") }
    #expect(reading.passes(Self.event("1"), isLive: true))
    #expect(!reading.passes(Self.event("10001"), isLive: true))
  }

  @Test("an association is listed by its account, with its role and target")
  func listed() {
    let whole: JSON = ["namespace": "n", "serviceAccount": "b", "roleArn": "r"]
    let first = ConsoleAssociations.json("a-1", whole)
    #expect(first == ["id": "a-1", "account": "n/b", "role": "r", "target": ""])
    let other = ConsoleAssociations.json(
      "a-2", ["namespace": "n", "serviceAccount": "a", "roleArn": "r", "targetRoleArn": "t"])
    #expect(other["target"] == "t")
    #expect(ConsoleAssociations.sorted([first, other]) == [other, first])
  }

  @Test("a pod is listed with its account, whether it is ready, and whether it has an identity")
  func pods() {
    let pod: JSON = [
      "metadata": ["namespace": "n", "name": "p"],
      "spec": ["serviceAccountName": "a", "volumes": [["name": "eks-pod-identity-token"]]],
      "status": ["conditions": [["type": "Ready", "status": "False"]]],
    ]
    #expect(
      ConsolePod.json(pod) == ["name": "n/p", "account": "a", "ready": false, "identity": true])
    let ready: JSON = [
      "metadata": ["namespace": "n", "name": "p"],
      "status": [
        "conditions": [["type": "Other", "status": "False"], ["type": "Ready", "status": "True"]]
      ],
    ]
    #expect(
      ConsolePod.json(ready) == ["name": "n/p", "account": "", "ready": true, "identity": false])
  }
}
