import IAMPolicy
import JSON
import Platform
import PodIdentity
import Testing

@testable import CommandCore
@testable import Explain

/// What `podid explain` makes of a condition that does not hold: never less than has to be.
@Suite struct ConditionRepairTests {
  private static let role = "arn:aws:iam::111122223333:role/app"
  private static let now = Instant(seconds: 1_764_460_800)

  private static var context: PolicyContext {
    var keys: PolicyContext = [
      "sts:RoleSessionName": ["eks-local-POD-UUID"],
      "aws:TagKeys": ["kubernetes-namespace", "kubernetes-service-account"],
    ]
    keys.addGlobalKeys(account: "111122223333", region: "us-east-1", now: now, isSecure: true)
    keys.addServiceKeys(
      "pods.eks.amazonaws.com", account: "111122223333",
      source: "arn:aws:eks:us-east-1:111122223333:cluster/local")
    keys.addTags(
      [
        ("kubernetes-namespace", "default"), ("kubernetes-service-account", "app"),
        ("kubernetes-pod-name", "POD"),
      ].map { ($0.0, $0.1) }, of: .request)
    keys.addTags([("team", "red")].map { ($0.0, $0.1) }, of: .resource)
    return keys
  }

  private static let repair = TrustRepair(
    principal: .service(PodIdentityService.name),
    named: ["Service": .string(PodIdentityService.name)],
    actions: TrustRepair.both, role: role, context: context)

  private static func policy(_ condition: String) throws -> JSON {
    try JSON.parse(
      #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"\#(PodIdentityService.name)"},"#
        + #""Action":["sts:AssumeRole","sts:TagSession"],"Condition":{\#(condition)}}]}"#)
  }

  private static let tag = "aws:RequestTag/kubernetes"

  @Test(
    "a condition is corrected, widened by one value, or kept for whom has the key",
    arguments: [
      (
        #""StringEquals":{"\#(tag)-serviceaccount":"app"}"#,
        #""StringEquals":{"\#(tag)-service-account":"app"}"#,
        "asks for \(tag)-service-account instead of \(tag)-serviceaccount"
      ),
      (
        #""StringEquals":{"aws:RequestTag/kubernetes-namspace":"prod"}"#,
        #""StringEquals":{"\#(tag)-namespace":["prod","default"]}"#,
        "asks for \(tag)-namespace instead of aws:RequestTag/kubernetes-namspace; "
          + "also takes \(tag)-namespace default"
      ),
      (
        #""StringEquals":{"aws:PrincipalTag/kubernetes-namespace":"default"}"#,
        #""StringEquals":{"\#(tag)-namespace":"default"}"#,
        "asks for \(tag)-namespace instead of aws:PrincipalTag/kubernetes-namespace"
      ),
      (
        #""StringEquals":{"aws:SourceOrgID":"o-1"}"#,
        #""StringEqualsIfExists":{"aws:SourceOrgID":"o-1"}"#,
        "heeds aws:SourceOrgID only where a request has it (StringEqualsIfExists), for here no "
          + "account has an organization; on AWS leave it as it is"
      ),
      (
        #""IpAddress":{"aws:SourceIp":"192.0.2.0/24"}"#,
        #""IpAddressIfExists":{"aws:SourceIp":"192.0.2.0/24"}"#,
        "heeds aws:SourceIp only where a request has it (IpAddressIfExists), for requests of Pod "
          + "Identity do not"
      ),
      (
        #""Null":{"aws:RequestTag/kubernetes-namspace":"false"}"#,
        #""Null":{"\#(tag)-namespace":"false"}"#,
        "asks for \(tag)-namespace instead of aws:RequestTag/kubernetes-namspace"
      ),
      (
        #""Null":{"aws:SourceVpc":"false"}"#, "", "drops the condition on aws:SourceVpc"
      ),
      (
        #""Bool":{"aws:SecureTransport":"false"}"#, #""Bool":{"aws:SecureTransport":"true"}"#,
        "wants aws:SecureTransport true"
      ),
      (
        #""DateLessThan":{"aws:CurrentTime":"2025-01-01T00:00:00Z"}"#,
        #""DateLessThan":{"aws:CurrentTime":"2025-12-01T00:00:00Z"}"#,
        "wants aws:CurrentTime by DateLessThan 2025-12-01T00:00:00Z"
      ),
      (
        #""DateGreaterThan":{"aws:CurrentTime":"2099-01-01T00:00:00Z"}"#,
        #""DateGreaterThanEquals":{"aws:CurrentTime":"2025-11-30T00:00:00Z"}"#,
        "wants aws:CurrentTime by DateGreaterThanEquals 2025-11-30T00:00:00Z"
      ),
      (
        #""NumericLessThan":{"aws:EpochTime":"1"}"#,
        #""NumericLessThan":{"aws:EpochTime":"1764547200"}"#,
        "wants aws:EpochTime by NumericLessThan 1764547200"
      ),
      (
        #""StringEquals":{"aws:TagKeys":"kubernetes-namespace"}"#,
        #""ForAnyValue:StringEquals":{"aws:TagKeys":"kubernetes-namespace"}"#,
        "compares aws:TagKeys, which may have several values, by ForAnyValue:StringEquals"
      ),
      (
        #""StringNotLike":{"\#(tag)-namespace":["def*","prod"]}"#,
        #""StringNotLike":{"\#(tag)-namespace":"prod"}"#,
        "no longer keeps out \(tag)-namespace default"
      ),
      (
        #""StringEquals":{"\#(tag)-pod-name":"web-1"}"#,
        #""StringLike":{"\#(tag)-pod-name":"*"}"#,
        "takes any \(tag)-pod-name (StringLike *)"
      ),
      (
        #""StringEquals":{"\#(tag)-namespace":"${aws:ResourceTag/team}"}"#,
        #""StringEquals":{"\#(tag)-namespace":["${aws:ResourceTag/team}","default"]}"#,
        "also takes \(tag)-namespace default"
      ),
    ])
  func repairs(broken: String, wanted: String, change: String) throws {
    let outcome = Self.repair.mended(try Self.policy(broken))
    var expected = try Self.policy(wanted)
    if wanted.isEmpty { expected = try Self.withoutCondition(expected) }
    #expect(outcome.document == expected)
    #expect(outcome.changes.joined(separator: "; ") == change)
    #expect(outcome.tags.isEmpty)
    let document = try PolicyDocument(json: outcome.document, kind: .trust)
    #expect(Self.repair.refusal(document) == nil)
  }

  private static func withoutCondition(_ policy: JSON) throws -> JSON {
    try JSON.parse(policy.text().replacing(#","Condition":{}"#, with: ""))
  }

  @Test("a tag of the role that a condition asks for is given to the role; the trust stays")
  func tags() throws {
    let policy = try Self.policy(
      #""StringEquals":{"\#(Self.tag)-namespace":"${aws:ResourceTag/namespace}"}"#)
    let outcome = Self.repair.mended(policy)
    #expect(outcome.document == policy)
    #expect(outcome.changes.isEmpty)
    #expect(outcome.tags.map(\.key) == ["namespace"])
    #expect(
      Mend.trust(of: "app", outcome).text
        == "aws iam tag-role --role-name app --tags 'Key=namespace,Value=default'")
  }

  @Test("of several services only the misspelt one is replaced")
  func services() throws {
    let policy = try JSON.parse(
      #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["sts:AssumeRole","sts:TagSession"],"#
        + #""Principal":{"Service":["ec2.amazonaws.com","pod.eks.amazonaws.com"]}}]}"#)
    let outcome = Self.repair.mended(policy)
    #expect(
      outcome.document["Statement"]?[0]?.at("Principal", "Service")?.strings
        == ["ec2.amazonaws.com", "pods.eks.amazonaws.com"])
    #expect(
      outcome.changes == ["puts pods.eks.amazonaws.com in the place of pod.eks.amazonaws.com"])
  }
}
