import IAMPolicy
import JSON
import TestSupport
import Testing

/// What is no ARN: in a request it is neither like one nor unlike it, in a policy it cannot be evaluated.
@Suite struct ArnConditionTests {
  private static let user = "arn:aws:iam::111122223333:user/test"
  private static let users = "arn:aws:iam::*:user/*"
  private static let roles = "arn:aws:iam::*:role/*"

  @Test(
    "one value of the request",
    arguments: [
      ([users], user, "match", "mismatch"), ([roles], user, "mismatch", "match"),
      ([users], "", "mismatch", "mismatch"), ([users], "not-an-arn", "mismatch", "mismatch"),
      (["not-an-arn"], "not-an-arn", "mismatch", "mismatch"),
      (["not-an-arn"], user, "error", "error"), ([""], user, "error", "error"),
      (["arn:aws:iam::*"], user, "error", "error"), (["ARN:aws:iam::*:*"], user, "error", "error"),
      (["arn::iam::1:user/x"], user, "error", "error"),
      (["arn:aws:::1:user/x"], user, "error", "error"), (["*"], user, "match", "mismatch"),
      (["*"], "x", "mismatch", "mismatch"), (["arn:*:iam::1*:*"], user, "match", "mismatch"),
      (["arn:aws:iam:*:user/*"], user, "error", "error"),
      (["arn:aws:iam::111122223333:"], user, "error", "error"),
      (["not-an-arn", users], user, "error", "error"),
      ([users, "not-an-arn"], user, "match", "mismatch"),
      ([roles, "not-an-arn"], user, "error", "error"),
      ([roles, users, "not-an-arn"], user, "match", "mismatch"),
      ([roles, "\(users)/a-name-longer-than-that-of-the-request"], user, "mismatch", "match"),
      (["a-text-that-is-longer-than-the-arn-of-the-request-is"], user, "error", "error"),
      ([], user, "mismatch", "match"),
    ] as [([String], String, String, String)])
  func one(wanted: [String], actual: String, like: String, notLike: String) throws {
    for (test, expected) in [
      ("ArnLike", like), ("ArnEquals", like), ("ArnNotLike", notLike), ("ArnNotEquals", notLike),
    ] {
      #expect(try outcome(test, wanted, actual).rawValue == expected, "\(test)")
      #expect(try outcome(test + "IfExists", wanted, actual).rawValue == expected, "\(test)")
    }
  }

  @Test(
    "several values: in order, and the first that decides ends it",
    arguments: [
      ("ForAnyValue:ArnLike", users, [user, "x"], "match"),
      ("ForAnyValue:ArnLike", "x", ["y"], "mismatch"),
      ("ForAnyValue:ArnLike", "x", [user], "error"),
      ("ForAnyValue:ArnNotLike", roles, ["y", user], "match"),
      ("ForAnyValue:ArnNotLike", users, ["y", user], "mismatch"),
      ("ForAllValues:ArnLike", users, [user, "x"], "mismatch"),
      ("ForAllValues:ArnLike", "x", ["y", user], "mismatch"),
      ("ForAllValues:ArnLike", "x", [user, "y"], "error"),
      ("ForAllValues:ArnNotLike", roles, [user, user], "match"),
      ("ForAllValues:ArnLike", "x", [], "match"), ("ForAnyValue:ArnLike", "x", [], "mismatch"),
    ] as [(String, String, [String], String)])
  func several(test: String, wanted: String, actual: [String], expected: String) throws {
    let found = try outcome("\"\(test)\":{\"k\":\"\(wanted)\"}", ["k": actual])
    #expect(found.rawValue == expected)
  }

  @Test(
    "by a variable",
    arguments: [
      ("${v}", "not-an-arn", "error"), ("${v}", user, "match"), ("${w}", user, "mismatch"),
      ("arn:aws:iam::${v}", "111122223333:user/test", "match"), ("arn:${v}", "aws", "error"),
      ("arn:aws:iam::*:user/${v, 'x'}", "test", "match"), ("${w, 'x'}", "", "error"),
    ])
  func variables(wanted: String, value: String, expected: String) throws {
    let found = try outcome("\"ArnLike\":{\"k\":\"\(wanted)\"}", ["k": [Self.user], "v": [value]])
    #expect(found.rawValue == expected)
  }

  @Test("where a condition cannot be evaluated an Allow does not apply and a Deny does")
  func effects() throws {
    func decide(_ effect: String, _ condition: String) throws -> PolicyDecision {
      let document = try PolicyDocument(
        text: """
          {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"*"},\
          {"Sid":"Odd","Effect":"\(effect)","Action":"s3:Put*","Resource":"*",\
          "Condition":{\(condition)}},\
          {"Effect":"Allow","Action":"s3:P*","Resource":"arn:aws:s3:::\(effect == "Deny" ? "*" : "c")"}]}
          """, kind: .session)
      return PolicyEvaluation(identity: [NamedPolicy(name: "p", document: document)]).decide(
        PolicyRequest(
          action: "s3:PutObject", resource: "arn:aws:s3:::b", context: ["k": [Self.user]]))
    }
    for test in ["ArnLike", "ArnNotLike"] {
      let condition = "\"\(test)\":{\"k\":\"x\"}"
      #expect(try decide("Allow", condition) == .implicitlyDenied(missing: .identity))
      #expect(
        try decide("Deny", condition)
          == .explicitlyDenied(by: StatementReference(policy: "p", statement: "Odd"), in: .identity)
      )
      // A condition in front that does not hold ends it, as one does in the statement's other parts.
      let behind = "\"StringEquals\":{\"k\":\"y\"},\(condition)"
      #expect(try decide("Deny", behind).isAllowed)
      let before = "\(condition),\"StringEquals\":{\"k\":\"y\"}"
      #expect(try !decide("Deny", before).isAllowed)
    }
  }

  @Test("a trace says that a condition could not be evaluated, and why")
  func trace() throws {
    let document = try PolicyDocument(
      text: """
        {"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*",\
        "Condition":{"ArnLike":{"k":"x"}}}}
        """, kind: .session)
    let request = PolicyRequest(action: "a:b", resource: "*", context: ["k": [Self.user]])
    let trace = PolicyEvaluation.trace([NamedPolicy(name: "p", document: document)], request)
    #expect(trace.map(\.outcome) == [.error])
    #expect(
      trace.map(\.mismatch) == [
        "Condition ArnLike wants k \"x\", the request has \"\(Self.user)\"; it cannot be evaluated, "
          + "for a value of the policy is no ARN"
      ])
    let condition = document.statements[0].conditions[0].trace(request.context)
    #expect(condition.outcome == .error && !condition.holds)
  }

  @Test("a decision leads to its statement with each of its conditions")
  func deciding() throws {
    func policy(_ name: String, _ statement: String) throws -> NamedPolicy {
      NamedPolicy(
        name: name,
        document: try PolicyDocument(
          text: #"{"Version":"2012-10-17","Statement":[\#(statement)]}"#, kind: .session))
    }
    let allow = #"{"Effect":"Allow","Action":"s3:*","Resource":"*"}"#
    let deny =
      #"{"Sid":"No","Effect":"Deny","Action":"s3:Put*","Resource":"*","#
      + #""Condition":{"StringEquals":{"v":"a"},"ArnLike":{"k":"x"}}}"#
    let identity = try policy("own", allow)
    let odd = try policy("odd", "\(allow),\(deny)")
    let request = PolicyRequest(
      action: "s3:PutObject", resource: "*", context: ["k": [Self.user], "v": ["a"]])
    for (evaluation, source) in [
      (PolicyEvaluation(identity: [identity, odd]), PolicySource.identity),
      (PolicyEvaluation(identity: [identity], boundary: odd), .boundary),
      (PolicyEvaluation(identity: [identity], session: [odd]), .session),
      (PolicyEvaluation(identity: [identity], resource: [odd]), .resource),
    ] {
      let decision = evaluation.decide(request)
      let trace = try #require(evaluation.deciding(decision, request))
      #expect(
        decision
          == .explicitlyDenied(
            by: StatementReference(policy: "odd", statement: "No"), in: source))
      #expect(trace.reference.text == "policy odd, statement No" && trace.counts)
      #expect(trace.conditions.map(\.outcome) == [.match, .error])
    }
    var read = request
    read.action = "s3:GetObject"
    let evaluation = PolicyEvaluation(identity: [odd])
    let trace = try #require(evaluation.deciding(evaluation.decide(read), read))
    #expect(trace.reference.statement == "1" && trace.effect == .allow && trace.outcome == .match)
    let none = PolicyEvaluation(identity: [])
    let nobody = none.deciding(none.decide(read), read)
    #expect(nobody?.reference == nil)
  }
}
