import JSON
import Testing

@testable import CommandCore
@testable import PodIdentityCLI

@Suite struct CallerAuditTests {
  private static let root = "arn:aws:iam::111122223333:root"
  private static let reader = session("reader")
  private static let account = AccountName(namespace: "default", name: "reader-sa")

  private static func session(_ role: String) -> String {
    "arn:aws:sts::111122223333:assumed-role/\(role)/eks-local-reader-sa"
  }

  /// The calls that an audit objects to, of events that come one after another.
  private func others(_ rule: CallerRule, _ events: [JSONObject]) -> [String] {
    var audit = CallerAudit(since: "2026-11-24T10:00:00.000Z")
    for (index, event) in events.enumerated() {
      var event = event
      event["service"] = event["service"] ?? "aws-api"
      event["time"] = event["time"] ?? "2026-11-24T10:00:01.000Z"
      event["number"] = .integer(Int64(index + 1))
      audit.note(.object(event))
    }
    return audit.calls(otherThan: rule).map { "\($0.call.operation) as \($0.call.principal)" }
  }

  private func call(
    _ operation: String, _ caller: String?, account: String? = nil, _ more: JSONObject = [:]
  ) -> JSONObject {
    var event = more
    event["operation"] = .string(operation)
    event["caller"] = caller.map(JSON.string)
    if let account {
      event["subject"] = ["namespace": "default", "serviceAccount": .string(account)]
    }
    return event
  }

  private func issue(_ session: String, role: String) -> JSONObject {
    call(
      "AssumeRoleForPodIdentity", Self.root, account: "reader-sa",
      [
        "role": .string("arn:aws:iam::111122223333:role/" + role),
        "assumedRole": .string(session),
      ])
  }

  private static let rules: [CallerRule] = [.account(account), .role("reader")]

  @Test("a session of an account whose name has other bytes is another's")
  func bytes() {
    let account = AccountName(namespace: "default", name: "caf\u{E9}")
    let found = others(
      .account(account),
      [
        call("GetObject", Self.reader, account: "cafe\u{301}"),
        call("PutObject", Self.reader, account: "caf\u{E9}"),
      ])
    #expect(found == ["GetObject as role reader"])
  }

  @Test("a role's sessions are right, everybody else's calls are not", arguments: rules)
  func others(rule: CallerRule) {
    let found = others(
      rule,
      [
        issue(Self.reader, role: "reader"),
        call("GetObject", Self.reader, account: "reader-sa"),
        call("GetObject", Self.session("writer"), account: "writer-sa"),
        call("PutObject", Self.root),
        call(
          "ListBuckets", nil,
          ["check": "authentication", "reason": "The request is not signed."]),
        call("ListBuckets", nil, account: "reader-sa", ["check": "authentication"]),
        // Nobody verified who that was.
        call("unknown", nil, ["outcome": "NotImplemented"]),
      ])
    #expect(
      found.sorted() == [
        "GetObject as role writer",
        "ListBuckets as nobody who is known (The request is not signed.)",
        "PutObject as the account's root",
      ])
  }

  @Test("sessions assumed from a right one are right, however long the chain", arguments: rules)
  func chain(rule: CallerRule) {
    let (second, third) = (Self.session("second"), Self.session("third"))
    func assume(_ next: String, by caller: String) -> JSONObject {
      call("AssumeRole", caller, ["assumedRole": .string(next)])
    }
    // Events of several connections come in any order.
    let chain = [
      call("GetObject", third), assume(third, by: second), assume(second, by: Self.reader),
      issue(Self.reader, role: "reader"),
    ]
    #expect(others(rule, chain) == [])
    #expect(
      others(rule, Array(chain.prefix(2)) + [issue(Self.reader, role: "reader")]).sorted() == [
        "AssumeRole as role second", "GetObject as role third",
      ])
  }

  @Test("a session without tags is its account's by what EKS Auth issued")
  func withoutTags() {
    let events = [issue(Self.reader, role: "reader"), call("GetObject", Self.reader)]
    #expect(others(.account(Self.account), events) == [])
    #expect(
      others(.account(AccountName(namespace: "other", name: "reader-sa")), events)
        == ["GetObject as role reader"])
  }

  @Test("the role's name is not the session's, and a path is no part of it")
  func names() {
    let named = "arn:aws:sts::111122223333:assumed-role/writer/reader"
    #expect(others(.role("reader"), [call("GetObject", named)]) == ["GetObject as role writer"])
    #expect(
      others(
        CallerRule(role: "arn:aws:iam::111122223333:role/apps/reader"),
        [call("GetObject", Self.reader)]) == [])
  }

  @Test("calls of the stack itself are nobody's, by their origin")
  func stack() {
    let user = "arn:aws:iam::111122223333:user/podid/node-agent"
    let own = [
      call("AssumeRoleForPodIdentity", Self.root, ["origin": "app"]),
      call("AssumeRoleForPodIdentity", user, ["origin": "stack"]),
      call("ListPodIdentityAssociations", Self.root, ["origin": "stack"]),
      call("PutObject", Self.root, ["origin": "stack"]),
    ]
    #expect(others(.role("reader"), own) == [])
    let app = own.map { event in
      var event = event
      event["origin"] = "app"
      return event
    }
    // The exchange is the node's, on whosever behalf.
    #expect(
      others(.role("reader"), app).sorted()
        == [
          "ListPodIdentityAssociations", "PutObject",
        ].map { "\($0) as the account's root" })
  }

  @Test("events of before the start and of other servers do not count, nor one twice")
  func start() {
    var audit = CallerAudit(since: "2026-11-24T10:00:00.000Z")
    var event = call("PutObject", Self.root, ["number": 7, "service": "aws-api"])
    event["time"] = "2026-11-24T09:59:59.999Z"
    audit.note(.object(event))
    #expect(audit.calls(otherThan: nil).isEmpty)
    event["time"] = "2026-11-24T10:00:00.000Z"
    audit.note(.object(event))
    audit.note(.object(event))
    #expect(audit.calls(otherThan: nil).map(\.count) == [1])
    #expect(others(.role("x"), [call("GetObject", Self.root, ["service": "node-agent"])]) == [])
  }

  @Test("as many kinds of calls as a program likes take a bounded memory")
  func bounded() {
    let events = (0..<3000).map { call("Operation\($0)", Self.root, ["origin": "app"]) }
    #expect(others(.role("reader"), events).count == 1000)
  }
}
