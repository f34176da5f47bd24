import JSON
import Testing

@testable import CommandCore
@testable import Console

@Suite struct ConsoleFlowsTests {
  private static func event(
    _ operation: String, at second: String, pod: String? = "p", _ more: JSONObject = [:]
  ) -> JSON {
    var event: JSONObject = [
      "time": .string("2026-11-27T00:00:\(second)Z"), "operation": .string(operation),
      "service": "aws-api", "outcome": "ok",
    ]
    if let pod {
      event["subject"] = ["namespace": "n", "serviceAccount": "a", "pod": .string(pod)]
    }
    for member in more { event[member.name] = member.value }
    return .object(event)
  }

  private static func numbers(_ events: [JSON]) -> [Int64?] {
    var flows = ConsoleFlows()
    return events.map { flows.number(of: $0) }
  }

  @Test("what a pod does without a long pause is one flow, beside another pod's")
  func pods() {
    #expect(
      Self.numbers([
        Self.event("PodIdentityMutation", at: "01.000"), Self.event("TokenRequest", at: "02.500"),
        Self.event("PodIdentityMutation", at: "02.600", pod: "q"),
        Self.event("GetCredentials", at: "07.400"), Self.event("GetObject", at: "17.401"),
        Self.event("TokenRequest", at: "08.000", pod: "q"),
      ]) == [1, 1, 2, 1, 3, 2])
  }

  @Test("accounts whose names differ in their bytes alone are two, and so are sessions")
  func bytes() {
    let (composed, decomposed) = ("caf\u{E9}", "cafe\u{301}")
    func call(_ account: String, at second: String) -> JSON {
      Self.event(
        "GetObject", at: second, pod: nil,
        ["subject": ["namespace": "n", "serviceAccount": .string(account)]])
    }
    func session(_ name: String, at second: String) -> JSON {
      Self.event("GetCallerIdentity", at: second, pod: nil, ["caller": .string(name)])
    }
    #expect(
      Self.numbers([
        call(composed, at: "01.000"), call(decomposed, at: "02.000"), call(composed, at: "03.000"),
        session(composed, at: "04.000"), session(decomposed, at: "05.000"),
      ]) == [1, 2, 1, 3, 4])
  }

  @Test("an app that is slow to start goes on with its pod's flow, and so does the pod's end")
  func slow() {
    #expect(
      Self.numbers([
        Self.event("PodIdentityMutation", at: "01.000"), Self.event("VolumesWritten", at: "01.500"),
        Self.event("GetCredentials", at: "31.500"), Self.event("GetObject", at: "41.400"),
        Self.event("PodRemoved", at: "59.900"),
        Self.event("PodIdentityMutation", at: "01.000", pod: "q"),
        Self.event("GetCredentials", at: "02.000", pod: "q"),
        Self.event("GetObject", at: "12.000", pod: "q"),
      ]) == [1, 1, 1, 1, 1, 2, 2, 3])
  }

  @Test("a pod of the same name as one that was removed begins another flow")
  func removed() {
    #expect(
      Self.numbers([
        Self.event("GetObject", at: "01.000"), Self.event("PodRemoved", at: "01.100"),
        Self.event("PodIdentityMutation", at: "01.200"),
      ]) == [1, 1, 2])
  }

  @Test("what was before the removal belongs to the pod, whenever a server tells of it")
  func toldBehindTheRemoval() {
    #expect(
      Self.numbers([
        Self.event("VolumesWritten", at: "01.000"), Self.event("PodRemoved", at: "03.000"),
        Self.event("PodIdentityMutation", at: "00.900"), Self.event("TokenRequest", at: "00.950"),
        Self.event("GetObject", at: "03.000"), Self.event("PodIdentityMutation", at: "03.001"),
        Self.event("GetObject", at: "03.002"),
      ]) == [1, 1, 1, 1, 1, 2, 2])
  }

  @Test("servers tell of the same moment in any order")
  func disorder() {
    #expect(
      Self.numbers([
        Self.event("AssumeRoleForPodIdentity", at: "05.000"),
        Self.event("GetCredentials", at: "04.000"), Self.event("GetObject", at: "14.500"),
      ]) == [1, 1, 1])
  }

  @Test("a session without tags is known by its role's session")
  func untagged() {
    let session: JSON = "arn:aws:sts::1:assumed-role/r/s"
    #expect(
      Self.numbers([
        Self.event("AssumeRoleForPodIdentity", at: "01.000", ["assumedRole": session]),
        Self.event("GetObject", at: "02.000", pod: nil, ["caller": session]),
        Self.event("GetRole", at: "02.100", pod: nil, ["caller": "arn:aws:iam::1:root"]),
      ]) == [1, 1, 2])
  }

  @Test("seeding and the calls of podid are no flow of anybody's, a pod's are")
  func ownCalls() {
    #expect(
      Self.numbers([
        Self.event("GetRole", at: "01.000", pod: nil, ["caller": "root", "origin": "stack"]),
        Self.event("GetRole", at: "01.000", pod: nil, ["caller": "root", "origin": "app"]),
        Self.event("VolumesWritten", at: "01.000", ["origin": "stack"]),
      ]) == [nil, 1, 2])
  }

  @Test("the kubelet's renewals go on with a flow, and begin none")
  func renewals() {
    #expect(
      Self.numbers([
        Self.event("TokenRequest", at: "01.000"), Self.event("VolumesRenewed", at: "01.010"),
        Self.event("GetCredentials", at: "02.000"), Self.event("TokenRequest", at: "03.000"),
        Self.event("VolumesRenewed", at: "03.010"), Self.event("TokenRequest", at: "33.000"),
        // Whoever asks for a token that is bound to no pod is a person.
        Self.event("TokenRequest", at: "34.000", pod: nil, ["subject": ["serviceAccount": "a"]]),
      ]) == [nil, nil, 1, 1, 1, nil, 2])
  }

  @Test("lookups and events without a time belong to no flow")
  func lookups() {
    #expect(
      Self.numbers([
        Self.event("ListPodIdentityAssociations", at: "01.000", pod: nil, ["caller": "root"]),
        Self.event("JWKS", at: "01.000", pod: nil),
        Self.event("GetObject", at: "xx"), .null, Self.event("GetObject", at: "01.000"),
      ]) == [nil, nil, nil, nil, 1])
  }

  @Test("an app that calls on and on is shown in parts, and many pods do not grow without bound")
  func bounds() {
    let one = (0..<50).map { _ in Self.event("GetObject", at: "01.000") }
    #expect(Self.numbers(one).last == 3)
    let many = (0..<1000).map { Self.event("GetObject", at: "01.000", pod: "p\($0)") }
    #expect(Set(Self.numbers(many).compactMap(\.self)).count == 1000)
  }

  @Test(
    "the event that decides is the heavier one",
    arguments: [
      // A refused call, and the removal after it.
      (
        ["operation": "PutObject", "outcome": "AccessDenied", "check": "identity-policy"],
        ["operation": "PodRemoved", "outcome": "ok"]
      ),
      // EKS Auth has the reason, the agent hands it on.
      (
        [
          "operation": "AssumeRoleForPodIdentity", "outcome": "AccessDeniedException",
          "check": "trust-policy",
        ],
        ["operation": "GetCredentials", "outcome": "400", "check": "eks-auth"]
      ),
      (
        ["operation": "AssumeRoleForPodIdentity", "outcome": "503"],
        ["operation": "GetCredentials", "outcome": "503", "check": "eks-auth"]
      ),
      (
        ["operation": "GetCredentials", "outcome": "500", "check": "fault"],
        ["operation": "GetCallerIdentity", "outcome": "ok"]
      ),
      (
        ["operation": "GetCallerIdentity", "outcome": "ok"],
        ["operation": "GetCredentials", "outcome": "ok"]
      ),
      // A pod without an association has a token all the same.
      (
        ["operation": "PodIdentityMutation", "outcome": "skipped", "check": "association"],
        ["operation": "VolumesWritten", "outcome": "ok"]
      ),
      (
        ["operation": "PodIdentityMutation", "outcome": "ok"],
        ["operation": "PodRemoved", "outcome": "ok"]
      ),
    ] as [(JSON, JSON)])
  func weights(heavier: JSON, lighter: JSON) {
    #expect(ConsoleWeight.of(heavier) > ConsoleWeight.of(lighter))
    let shown = ConsoleEvent.json(heavier, isLive: true)
    #expect(shown["weight"]?.integer == ConsoleWeight.of(heavier))
  }
}
