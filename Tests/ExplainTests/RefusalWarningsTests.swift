import JSON
import Platform
import Testing

@testable import CommandCore
@testable import Explain

/// What `podid explain` says of the last refusal that an account met.
@Suite struct RefusalWarningsTests {
  private static func event(
    _ operation: String, _ outcome: String, check: String? = nil, ago seconds: Int64 = 60,
    reason: String? = "why", _ more: JSONObject = [:]
  ) -> JSON {
    var event: JSONObject = [
      "time": .string((Sample.now - .seconds(seconds)).rfc3339Milli),
      "operation": .string(operation), "outcome": .string(outcome),
      "subject": ["namespace": "default", "serviceAccount": "app"],
    ]
    event["check"] = check.map(JSON.string)
    event["reason"] = reason.map(JSON.string)
    for member in more { event[member.name] = member.value }
    return .object(event)
  }

  private static let exchange = "AssumeRoleForPodIdentity"
  private static let refusal = event(exchange, "AccessDeniedException", check: "trust-policy")

  private static func texts(_ events: [JSON], isWell: Bool = false) -> [String] {
    RefusalLookup(Sample.account, events: events)
      .warnings(nil, now: Sample.now, isWell: isWell).map(\.text)
  }

  private static func told(_ operation: String, _ outcome: String, ago: Int64 = 60) -> String {
    "the last refusal, \(operation) at \((Sample.now - .seconds(ago)).rfc3339Milli) (\(outcome)): why"
  }

  @Test("the last refusal of all servers is told, by its time")
  func last() {
    let events = [Self.event("TokenRequest", "403", ago: 10), Self.refusal]
    #expect(Self.texts(events) == [Self.told("TokenRequest", "403", ago: 10)])
  }

  @Test(
    "what was of the stack, of a fault, of another account, too long ago or no refusal is not told",
    arguments: [
      event("X", "ok"), event("X", "skipped"), event("X", "403", reason: nil),
      event("X", "403", ago: 601), event("X", "403", ["fault": "f1"]),
      event("X", "403", ["origin": "stack"]),
      event("X", "403", ["subject": ["namespace": "other", "serviceAccount": "app"]]),
      event(
        "X", "403",
        ["subject": ["namespace": "default", "serviceAccount": "app", "pod": "podid-explain-x"]]),
    ])
  func untold(event: JSON) {
    #expect(Self.texts([event]) == [])
  }

  @Test("of ten minutes the first moment counts, and a pod's name need not be known")
  func age() {
    #expect(
      Self.texts([Self.event("X", "403", ago: 600)]) == [Self.told("X", "403", ago: 600)])
    let subject: JSON = ["namespace": "default", "serviceAccount": "app", "pod": "web-1"]
    #expect(Self.texts([Self.event("X", "403", ["subject": subject])]) == [Self.told("X", "403")])
  }

  @Test("of the agent's answer the exchange that it passes on has the reason")
  func passedOn() {
    let agent = Self.event("GetCredentials", "400", check: "eks-auth", ago: 59)
    #expect(
      Self.texts([Self.refusal, agent]) == [Self.told(Self.exchange, "AccessDeniedException")])
    #expect(Self.texts([agent]) == [Self.told("GetCredentials", "400", ago: 59)])
    let other = Self.event("GetCredentials", "400", check: "token-expiry", ago: 59)
    #expect(Self.texts([Self.refusal, other]) == [Self.told("GetCredentials", "400", ago: 59)])
  }

  @Test("what went well since is over, but for what a policy denied")
  func over() {
    #expect(Self.texts([Self.refusal, Self.event(Self.exchange, "ok", ago: 30)]) == [])
    #expect(Self.texts([Self.event(Self.exchange, "ok", ago: 90), Self.refusal]).count == 1)
    #expect(Self.texts([Self.refusal, Self.event("GetObject", "ok", ago: 30)]).count == 1)
    let denied = Self.event("GetObject", "AccessDenied", check: "identity-policy")
    #expect(Self.texts([denied, Self.event("GetObject", "ok", ago: 30)]).count == 1)
  }

  @Test("a walk that is well tells of denials and of what is not served alone")
  func well() {
    #expect(Self.texts([Self.refusal], isWell: true) == [])
    for check in ["identity-policy", "session-policy"] {
      let denied = Self.event("GetObject", "AccessDenied", check: check)
      #expect(Self.texts([denied], isWell: true).count == 1)
    }
    #expect(Self.texts([Self.event("X", "NotImplemented")], isWell: true).count == 1)
  }
}

/// The calls of an app as the account's root.
@Suite struct RootCallsTests {
  private static func call(
    _ operation: String, ago seconds: Int64 = 60, _ more: JSONObject = [:]
  ) -> JSON {
    var event: JSONObject = [
      "time": .string((Sample.now - .seconds(seconds)).rfc3339Milli),
      "operation": .string(operation), "caller": "arn:aws:iam::111122223333:root",
    ]
    for member in more { event[member.name] = member.value }
    return .object(event)
  }

  private static func text(_ events: [JSON]) -> String? {
    RootCalls.warnings(of: events, now: Sample.now).first?.text
  }

  @Test("they are counted, and the last is named")
  func counted() {
    let time = (Sample.now - .seconds(60)).rfc3339Milli
    #expect(
      Self.text([Self.call("GetObject")])?.hasPrefix(
        "1 call as the account's root lately, the last GetObject at \(time): an app") == true)
    #expect(
      Self.text([Self.call("GetObject", ago: 600), Self.call("PutObject")])?.hasPrefix(
        "2 calls as the account's root lately, the last PutObject at \(time)") == true)
  }

  @Test(
    "operators' calls, the stack's, the node's, a session's and those of long ago are none",
    arguments: [
      call("GetRole"), call("ListPodIdentityAssociations"), call("GetObject", ago: 601),
      call("GetObject", ["origin": "stack"]), call("AssumeRoleForPodIdentity"),
      call("GetObject", ["caller": "arn:aws:sts::111122223333:assumed-role/app/s"]),
    ])
  func others(event: JSON) {
    #expect(Self.text([event]) == nil)
  }
}
