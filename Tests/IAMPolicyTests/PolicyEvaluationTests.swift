import IAMPolicy
import Testing

@Suite struct PolicyEvaluationTests {
  private func policy(_ statements: String, name: String = "p") throws -> NamedPolicy {
    let text = "{\"Version\":\"2012-10-17\",\"Statement\":[\(statements)]}"
    return NamedPolicy(name: name, document: try PolicyDocument(text: text, kind: .inline))
  }

  static let read =
    #"{"Sid":"Read","Effect":"Allow","Action":["s3:GetObject","s3:List*"],"Resource":["arn:aws:s3:::b","arn:aws:s3:::b/*"]}"#

  @Test(
    "actions ignore case, resources do not",
    arguments: [
      ("s3:GetObject", "arn:aws:s3:::b/k", true), ("S3:getobject", "arn:aws:s3:::b/k", true),
      ("s3:ListBucket", "arn:aws:s3:::b", true), ("s3:PutObject", "arn:aws:s3:::b/k", false),
      ("s3:GetObject", "arn:aws:s3:::B/k", false), ("s3:GetObject", "arn:aws:s3:::bb/k", false),
    ])
  func simple(action: String, resource: String, isAllowed: Bool) throws {
    let evaluation = PolicyEvaluation(identity: [try policy(Self.read)])
    let decision = evaluation.decide(PolicyRequest(action: action, resource: resource))
    #expect(decision.isAllowed == isAllowed)
    if isAllowed {
      #expect(decision == .allowed(by: StatementReference(policy: "p", statement: "Read")))
    } else {
      #expect(decision == .implicitlyDenied(missing: .identity))
    }
  }

  @Test("an explicit deny wins, and boundary and session must allow too")
  func layers() throws {
    let request = PolicyRequest(action: "s3:GetObject", resource: "arn:aws:s3:::b/k")
    let deny = try policy(
      #"{"Effect":"Deny","Action":"*","Resource":"arn:aws:s3:::*/k"}"#, name: "d")
    let none = try policy(#"{"Effect":"Allow","Action":"sqs:*","Resource":"*"}"#, name: "n")
    let read = try policy(Self.read)
    let reference = StatementReference(policy: "d", statement: "1")
    #expect(
      PolicyEvaluation(identity: [read, deny]).decide(request)
        == .explicitlyDenied(by: reference, in: .identity))
    #expect(
      PolicyEvaluation(identity: [read], boundary: none).decide(request)
        == .implicitlyDenied(missing: .boundary))
    #expect(
      PolicyEvaluation(identity: [read], session: [none]).decide(request)
        == .implicitlyDenied(missing: .session))
    #expect(PolicyEvaluation(identity: [], resource: [read]).decide(request).isAllowed)
    #expect(
      PolicyEvaluation(identity: [read], session: [deny]).decide(request)
        == .explicitlyDenied(by: reference, in: .session))
  }

  @Test(
    "conditions",
    arguments: [
      (#""StringEquals":{"k":"a"}"#, ["k": ["a"]], true),
      (#""StringEquals":{"K":"a"}"#, ["k": ["A"]], false),
      (#""StringEqualsIgnoreCase":{"k":"a"}"#, ["k": ["A"]], true),
      (#""StringEquals":{"k":["b","a"]}"#, ["k": ["a"]], true),
      (#""StringEquals":{"k":"a"}"#, [:], false),
      (#""StringEqualsIfExists":{"k":"a"}"#, [:], true),
      (#""StringNotEquals":{"k":"a"}"#, [:], true),
      (#""StringNotEquals":{"k":["a","b"]}"#, ["k": ["b"]], false),
      (#""StringLike":{"k":"a*c?"}"#, ["k": ["abccd"]], true),
      (#""StringLike":{"k":"a*c?"}"#, ["k": ["abc"]], false),
      (#""StringEquals":{"k":"a*"}"#, ["k": ["ab"]], false),
      (
        #""ArnLike":{"k":"arn:aws:eks:*:1:cluster/*"}"#,
        ["k": ["arn:aws:eks:us-east-1:1:cluster/local"]], true
      ),
      (#""Null":{"k":"true"}"#, [:], true), (#""Null":{"k":"false"}"#, [:], false),
      (#""Null":{"k":false}"#, ["k": ["a"]], true),
      (#""Bool":{"k":"true"}"#, ["k": ["True"]], true),
      (#""NumericLessThan":{"k":"10"}"#, ["k": ["9.5"]], true),
      (#""NumericGreaterThanEquals":{"k":10}"#, ["k": ["9"]], false),
      (#""DateGreaterThan":{"k":"2026-01-01T00:00:00Z"}"#, ["k": ["2026-11-24T00:00:00Z"]], true),
      (#""DateLessThan":{"k":"1795500000"}"#, ["k": ["2026-11-25T00:00:00Z"]], false),
      (#""IpAddress":{"k":"127.0.0.0/8"}"#, ["k": ["127.9.9.9"]], true),
      (#""NotIpAddress":{"k":"10.0.0.0/8"}"#, ["k": ["10.1.2.3"]], false),
      (#""IpAddress":{"k":"2001:db8::/33"}"#, ["k": ["2001:db8:7fff::1"]], true),
      (#""IpAddress":{"k":"2001:db8::/33"}"#, ["k": ["2001:db8:8000::1"]], false),
      (#""ForAllValues:StringEquals":{"k":["a","b"]}"#, ["k": ["a", "b"]], true),
      (#""ForAllValues:StringEquals":{"k":["a","b"]}"#, ["k": ["a", "c"]], false),
      (#""ForAllValues:StringEquals":{"k":["a"]}"#, [:], true),
      (#""ForAnyValue:StringEquals":{"k":["a","b"]}"#, ["k": ["c", "b"]], true),
      (#""ForAnyValue:StringEquals":{"k":["a"]}"#, [:], false),
      (
        #""StringEquals":{"k":"${aws:PrincipalTag/team}"}"#,
        ["k": ["x"], "aws:PrincipalTag/team": ["x"]], true
      ),
      (#""StringEquals":{"k":"${aws:PrincipalTag/team}"}"#, ["k": ["x"]], false),
      (#""StringEquals":{"k":"${aws:PrincipalTag/team, 'x'}"}"#, ["k": ["x"]], true),
      (
        #""StringLike":{"k":"${aws:PrincipalTag/team}"}"#,
        ["k": ["ab"], "aws:principaltag/team": ["a*"]], false
      ),
      (#""StringEquals":{"k":"a"},"Bool":{"l":"true"}"#, ["k": ["a"], "l": ["false"]], false),
    ] as [(String, [String: [String]], Bool)])
  func conditions(condition: String, values: [String: [String]], holds: Bool) throws {
    let statement =
      #"{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"# + condition + "}}"
    var context = PolicyContext()
    for (key, value) in values { context[key] = value }
    let decision = PolicyEvaluation(identity: [try policy(statement)])
      .decide(PolicyRequest(action: "a:b", resource: "*", context: context))
    #expect(decision.isAllowed == holds)
  }

  @Test("variables in resources, only in Version 2012-10-17")
  func variables() throws {
    let statement =
      #"{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/${aws:PrincipalTag/kubernetes-namespace}/*"}"#
    let request = PolicyRequest(
      action: "s3:GetObject", resource: "arn:aws:s3:::b/team-a/k",
      context: ["aws:PrincipalTag/kubernetes-namespace": ["team-a"]])
    #expect(PolicyEvaluation(identity: [try policy(statement)]).decide(request).isAllowed)
    let old = try PolicyDocument(
      text: "{\"Version\":\"2008-10-17\",\"Statement\":[\(statement)]}", kind: .inline)
    #expect(
      !PolicyEvaluation(identity: [NamedPolicy(name: "o", document: old)]).decide(request)
        .isAllowed)
  }

  @Test(
    "principals of trust policies",
    arguments: [
      (#"{"Service":"pods.eks.amazonaws.com"}"#, .service("pods.eks.amazonaws.com"), true),
      (
        #"{"Service":["ec2.amazonaws.com","pods.eks.amazonaws.com"]}"#,
        .service("pods.eks.amazonaws.com"), true
      ),
      (#"{"Service":"ec2.amazonaws.com"}"#, .service("pods.eks.amazonaws.com"), false),
      (#"{"AWS":"111122223333"}"#, .service("pods.eks.amazonaws.com"), false),
      (#""*""#, .service("pods.eks.amazonaws.com"), true),
      (
        #"{"AWS":"arn:aws:iam::111122223333:root"}"#,
        .account(
          id: "111122223333", arn: "arn:aws:sts::111122223333:assumed-role/r/s", roleARN: nil),
        true
      ),
      (
        #"{"AWS":"arn:aws:iam::111122223333:role/r"}"#,
        .account(
          id: "111122223333", arn: "arn:aws:sts::111122223333:assumed-role/r/s",
          roleARN: "arn:aws:iam::111122223333:role/r"), true
      ),
      (#"{"AWS":"444455556666"}"#, .account(id: "111122223333", arn: "x", roleARN: nil), false),
    ] as [(String, PolicyPrincipal, Bool)])
  func principals(principal: String, actual: PolicyPrincipal, isAllowed: Bool) throws {
    let text =
      #"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"# + principal
      + #","Action":"sts:AssumeRole"}}"#
    let trust = NamedPolicy(
      name: "trust", document: try PolicyDocument(text: text, kind: .trust))
    let request = PolicyRequest(
      action: "sts:AssumeRole", resource: "arn:aws:iam::1:role/r", principal: actual)
    let decision = PolicyEvaluation(identity: [], resource: [trust]).decide(request)
    #expect(decision.isAllowed == isAllowed)
  }

  @Test("a trace names the first thing that did not match")
  func trace() throws {
    let statement =
      #"{"Sid":"A","Effect":"Allow","Action":"s3:GetObject","Resource":"*"},{"Sid":"B","Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::c/*"},{"Sid":"C","Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:RequestTag/x":"y"}}}"#
    let request = PolicyRequest(action: "s3:PutObject", resource: "arn:aws:s3:::b/k")
    let trace = PolicyEvaluation.trace([try policy(statement)], request)
    #expect(
      trace.map(\.mismatch) == [
        "Action is s3:GetObject, which does not name s3:PutObject",
        "Resource is arn:aws:s3:::c/*, which does not name arn:aws:s3:::b/k",
        "Condition StringEquals wants aws:RequestTag/x \"y\", the request has no such key",
      ])
  }
}
