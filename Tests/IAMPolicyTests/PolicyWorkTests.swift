import JSON
import TestSupport
import Testing

@testable import IAMPolicy

/// What deciding over one request may cost.
@Suite struct PolicyWorkTests {
  private static func decide(
    _ statements: [JSON], agent: String, resource: String = "arn:aws:s3:::b/k"
  ) throws -> (decision: PolicyDecision, isTooCostly: Bool) {
    let text = JSON.object(["Version": "2012-10-17", "Statement": .array(statements)]).text()
    let policy = NamedPolicy(name: "p", document: try PolicyDocument(text: text, kind: .inline))
    let request = PolicyRequest(
      action: "s3:GetObject", resource: resource, context: ["aws:UserAgent": [agent]])
    let decision = PolicyEvaluation(identity: [policy]).decide(request)
    _ = PolicyEvaluation.trace([policy], request)
    return (decision, request.isTooCostly)
  }

  private static func statement(_ effect: String, resource: JSON = "*", _ condition: JSON? = nil)
    -> JSON
  {
    var statement: JSONObject = [
      "Effect": .string(effect), "Action": "s3:*", "Resource": resource,
    ]
    statement["Condition"] = condition
    return .object(statement)
  }

  @Test("variables that stand for long values are not written out")
  func resources() throws {
    let resource = "arn:aws:s3:::" + String(repeating: "${aws:UserAgent}*", count: 580)
    let time = ProcessorTime()
    let (decision, _) = try Self.decide(
      [Self.statement("Allow", resource: .string(resource))],
      agent: String(repeating: "a", count: 30_000))
    #expect(!decision.isAllowed)
    #expect(time.passed < .seconds(1))
  }

  @Test(
    "work beyond what a request may cost denies, whatever the statements say",
    arguments: [
      ("Allow", "StringLike"), ("Allow", "StringNotLike"), ("Deny", "StringLike"),
      ("Deny", "StringNotLike"), ("Allow", "ArnLike"),
    ])
  func conditions(effect: String, operation: String) throws {
    let agent = "arn:aws:x:::" + String(repeating: "a", count: 30_000)
    // None of them matches, and each has to be looked at to the end.
    let values = (0..<25).map { number -> JSON in
      .string("arn:aws:x:::*" + String(repeating: "*?a", count: 100) + "b\(number)")
    }
    let statements = [
      Self.statement("Allow", .object([operation: ["aws:UserAgent": .array(values)]]))
    ]
    let all =
      effect == "Deny"
      ? [
        Self.statement("Allow"),
        Self.statement("Deny", .object([operation: ["aws:UserAgent": .array(values)]])),
      ] : statements
    let time = ProcessorTime()
    let (decision, isTooCostly) = try Self.decide(all, agent: agent)
    #expect(!decision.isAllowed)
    #expect(isTooCostly)
    #expect(time.passed < .seconds(2))
  }

  @Test(
    "a value of a variable matches up to its last byte, and as it is written",
    arguments: [
      ("team", "arn:aws:s3:::b/team/k", true), ("team", "arn:aws:s3:::b/tea/k", false),
      ("t*", "arn:aws:s3:::b/team/k", false), ("", "arn:aws:s3:::b//k", true),
    ])
  func exact(agent: String, resource: String, isAllowed: Bool) throws {
    let (decision, isTooCostly) = try Self.decide(
      [Self.statement("Allow", resource: "arn:aws:s3:::*/${aws:UserAgent}*/k")], agent: agent,
      resource: resource)
    #expect(decision.isAllowed == isAllowed)
    #expect(!isTooCostly)
  }

  @Test("a role with hundreds of ordinary statements is within the bound")
  func ordinary() throws {
    let statements = (0..<300).map { number in
      Self.statement(
        "Allow", resource: .string("arn:aws:s3:::bucket-\(number)/${aws:UserAgent}/*"),
        ["StringLike": ["aws:UserAgent": ["*Boto3*", .string("*sdk-\(number)*")]]])
    }
    let agent = String(repeating: "Boto3/1.2 sdk-299 ", count: 20)
    let (decision, isTooCostly) = try Self.decide(
      statements, agent: agent, resource: "arn:aws:s3:::bucket-299/\(agent)/k")
    #expect(decision.isAllowed)
    #expect(!isTooCostly)
  }

  @Test("messages show the beginning of a long value")
  func shown() {
    let pattern = PolicyPattern("a/${aws:UserAgent}/b")
    let long = String(repeating: "x", count: 5000)
    let shown = pattern.shown(["aws:UserAgent": [long]])
    #expect(shown == "a/" + String(repeating: "x", count: 1022) + ".../b")
    #expect(pattern.shown(["aws:UserAgent": ["y"]]) == "a/y/b")
    #expect(pattern.shown([:]) == "a/${aws:UserAgent}/b")
  }
}
