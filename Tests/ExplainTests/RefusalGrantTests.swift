import JSON
import Platform
import Testing

@testable import CommandCore
@testable import Explain

/// The policy that `podid explain` proposes for what an app was denied.
@Suite struct RefusalGrantTests {
  private static let reads =
    #"{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket/*"}"#

  private static func warnings(
    _ operation: String, key: String? = "k", bucket: String? = "bucket",
    policies: [(String, String)] = [("reads", reads)], session: String? = nil
  ) throws -> [ExplainWarning] {
    var event: JSONObject = [
      "time": .string(Sample.now.rfc3339Milli), "operation": .string(operation),
      "outcome": "AccessDenied", "check": "identity-policy", "reason": "denied",
      "subject": ["namespace": "default", "serviceAccount": "app"],
    ]
    event["bucket"] = bucket.map(JSON.string)
    event["key"] = key.map(JSON.string)
    let effective = try Sample.effective(
      try policies.map { ($0.0, try Sample.document($0.1)) },
      session: try session.map { try Sample.document($0).text() })
    return RefusalLookup(Sample.account, events: [.object(event)])
      .warnings(effective, now: Sample.now, isWell: true)
  }

  private static func command(_ name: String, _ action: String, _ resource: String) -> String {
    "aws iam put-role-policy --role-name app --policy-name \(name) --policy-document "
      + #"'{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"\#(action)","#
      + #""Resource":"\#(resource)"}]}'"#
  }

  @Test(
    "it grants the call's action on its very resource",
    arguments: [
      ("PutObject", "allow-PutObject", "s3:PutObject", "arn:aws:s3:::bucket/k"),
      ("DeleteObject", "allow-DeleteObject", "s3:DeleteObject", "arn:aws:s3:::bucket/k"),
      ("ListObjectsV2", "allow-ListBucket", "s3:ListBucket", "arn:aws:s3:::bucket"),
      ("HeadBucket", "allow-ListBucket", "s3:ListBucket", "arn:aws:s3:::bucket"),
      ("CreateBucket", "allow-CreateBucket", "s3:CreateBucket", "arn:aws:s3:::bucket"),
      (
        "GetBucketLocation", "allow-GetBucketLocation", "s3:GetBucketLocation",
        "arn:aws:s3:::bucket"
      ),
      ("ListBuckets", "allow-ListAllMyBuckets", "s3:ListAllMyBuckets", "arn:aws:s3:::*"),
    ])
  func grants(operation: String, name: String, action: String, resource: String) throws {
    let found = try Self.warnings(operation)
    #expect(found.map { $0.mend?.text } == [Self.command(name, action, resource)])
    #expect(found.first?.text.hasSuffix("denied The command grants just that") == true)
  }

  @Test("what was refused to an account whose name has other bytes is not told")
  func bytes() throws {
    func warnings(_ name: String) throws -> Int {
      let event: JSON = [
        "time": .string(Sample.now.rfc3339Milli), "operation": "PutObject",
        "outcome": "AccessDenied", "check": "identity-policy", "reason": "denied",
        "subject": ["namespace": "default", "serviceAccount": .string(name)],
      ]
      let account = AccountName(namespace: "default", name: "caf\u{E9}")
      return RefusalLookup(account, events: [event])
        .warnings(nil, now: Sample.now, isWell: true).count
    }
    #expect(try warnings("caf\u{E9}") == 1)
    #expect(try warnings("cafe\u{301}") == 0)
  }

  @Test("a head of an object is a read of it, and what the app chose is no pattern")
  func literal() throws {
    #expect(
      try Self.warnings("HeadObject", key: "a*?$", bucket: "other").first?.mend?.text
        == Self.command(
          "allow-GetObject", "s3:GetObject", "arn:aws:s3:::other/a${*}${?}${$}"))
  }

  @Test("a policy of the name that is there is not written over")
  func name() throws {
    let other = #"{"Effect":"Allow","Action":"s3:ListBucket","Resource":"*"}"#
    #expect(
      try Self.warnings("PutObject", policies: [("allow-PutObject", other)]).first?.mend?.text
        == Self.command("allow-PutObject-2", "s3:PutObject", "arn:aws:s3:::bucket/k"))
    #expect(
      try Self.warnings(
        "PutObject", policies: [("allow-PutObject", other), ("allow-PutObject-2", other)]
      ).first?.mend?.text
        == Self.command("allow-PutObject-2-2", "s3:PutObject", "arn:aws:s3:::bucket/k"))
  }

  @Test("what is allowed by now is not told of, and a denial is told without a grant")
  func decided() throws {
    #expect(try Self.warnings("GetObject").isEmpty)
    let denial = #"{"Effect":"Deny","Action":"*","Resource":"*"}"#
    let found = try Self.warnings("GetObject", policies: [("a", Self.reads), ("b", denial)])
    #expect(found.count == 1 && found.first?.mend == nil)
    let narrowed = try Self.warnings(
      "GetObject", session: #"{"Effect":"Allow","Action":"s3:PutObject","Resource":"*"}"#)
    #expect(narrowed.count == 1 && narrowed.first?.mend == nil)
    let unknown = try Self.warnings("GetQueueUrl")
    #expect(unknown.count == 1 && unknown.first?.mend == nil)
  }

  @Test("the conditions of the role's own statement that the grant would pass by are named")
  func conditions() throws {
    func statement(_ effect: String, _ action: String, _ resource: String) -> String {
      #"{"Effect":"\#(effect)","Action":"\#(action)","Resource":"\#(resource)","#
        + #""Condition":{"StringEquals":{"aws:PrincipalTag/kubernetes-namespace":"prod"}}}"#
    }
    func text(_ statement: String) throws -> String {
      try Self.warnings("GetObject", policies: [("a", statement)]).first?.text ?? ""
    }
    #expect(
      try text(statement("Allow", "s3:GetObject", "*")).hasSuffix(
        "grants just that, without asking for aws:PrincipalTag/kubernetes-namespace as the role's "
          + "own statement does; mend that condition instead if it is meant"))
    for other in [
      statement("Deny", "s3:GetObject", "*"), statement("Allow", "s3:PutObject", "*"),
      statement("Allow", "s3:GetObject", "arn:aws:s3:::other/*"),
    ] { #expect(try text(other).hasSuffix("grants just that")) }
  }
}
