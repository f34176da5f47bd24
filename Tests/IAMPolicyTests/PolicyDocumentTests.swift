import IAMPolicy
import JSON
import Platform
import TestSupport
import Testing

/// IAM's own refusals, recorded from AWS.
@Suite struct PolicyDocumentTests {
  private func message(_ text: String, _ kind: PolicyDocument.Kind = .managed) -> String? {
    do {
      _ = try PolicyDocument(text: text, kind: kind)
      return nil
    } catch { return error.message }
  }

  private func policy(_ statement: String, version: String = #""Version":"2012-10-17","#) -> String
  { "{\(version)\"Statement\":[\(statement)]}" }

  static let resource = #""Resource":"*""#

  private static let twice = [
    #"{"Version":"2012-10-17","Version":"2012-10-17","Statement":[S]}"#,
    #"{"Version":"2012-10-17","Statement":[S],"Statement":[S]}"#,
    #"{"Version":"2012-10-17","Statement":[S],"Stat\u0065ment":[S]}"#,
    #"{"Version":"2012-10-17","Id":"a","Statement":[S],"Id":"a"}"#,
    #"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Effect":"Allow",A}]}"#,
    #"{"Version":"2012-10-17","Statement":[{"Sid":"a","Effect":"Allow",A,"Sid":"b"}]}"#,
    #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow",A,"Condition":{},"Condition":{}}]}"#,
    #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow",A,"#
      + #""Condition":{"StringEquals":{"a":"1"},"StringEquals":{"b":"2"}}}]}"#,
    #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow",A,"#
      + #""Condition":{"StringEquals":{"a":"1","b":"2","a":"3"}}}]}"#,
  ]

  @Test("refuses a member that is there twice, at any depth, in every kind", arguments: twice)
  func repeats(template: String) {
    let parts: [(PolicyDocument.Kind, String, String)] = [
      (.inline, #""Action":"s3:x","Resource":"*""#, "Syntax errors in policy."),
      (.managed, #""Action":"s3:x","Resource":"*""#, "Syntax errors in policy."),
      (.session, #""Action":"s3:x","Resource":"*""#, "Syntax errors in policy."),
      (
        .trust, #""Action":"sts:AssumeRole","Principal":{"Service":"pods.eks.amazonaws.com"}"#,
        "This policy contains invalid Json"
      ),
    ]
    for (kind, rest, text) in parts {
      var document = ""
      for character in template {
        switch character {
        case "S" where !document.hasSuffix("\""): document += #"{"Effect":"Allow",\#(rest)}"#
        case "A" where !document.hasSuffix("\""): document += rest
        default: document.append(character)
        }
      }
      #expect(message(document, kind) == text, "\(document)")
      #expect(throws: Never.self, "\(document)") {
        try PolicyDocument(text: document, kind: kind, isStored: true)
      }
    }
  }

  @Test("a member of another case is not the same, and unknown")
  func otherCase() {
    let statement = #"{"Effect":"Allow","effect":"Allow","Action":"s3:x","Resource":"*"}"#
    #expect(message(policy(statement)) == "Syntax errors in policy.")
  }

  @Test("Principal twice is refused in a trust policy")
  func principalTwice() {
    let text = #"{"Effect":"Allow","Principal":{"AWS":"*","AWS":"*"},"Action":"sts:AssumeRole"}"#
    #expect(message(policy(text), .trust) == "This policy contains invalid Json")
  }

  @Test(
    "refuses statements with AWS's texts",
    arguments: [
      (#"{"Effect":"invalid","Action":"s3:x","Resource":"*"}"#, "Syntax errors in policy."),
      (#"{"Action":"s3:x","Resource":"*"}"#, "Syntax errors in policy."),
      (#"{"Effect":"Allow","Action":{},"Resource":"*"}"#, "Syntax errors in policy."),
      (#"{"Effect":"Allow","Action":["a",[]],"Resource":"*"}"#, "Syntax errors in policy."),
      (
        #"{"Effect":"Allow","Action":"s3:x","NotAction":[],"Resource":"*"}"#,
        "Syntax errors in policy."
      ),
      (#"{"Effect":"Allow","Action":"s3:x","Resource":"*","Sid":[]}"#, "Syntax errors in policy."),
      (#"{"Effect":"Allow","Action":"s3:x","Resource":"*","Foo":1}"#, "Syntax errors in policy."),
      (
        #"{"Effect":"Allow","Action":"s3:x","Resource":"*","Condition":[]}"#,
        "Syntax errors in policy."
      ),
      (
        #"{"Effect":"Allow","Action":"s3:x","Resource":"*","Condition":{"StringEquals":"a"}}"#,
        "Syntax errors in policy."
      ),
      (
        #"{"Effect":"Allow","Action":"s3:x","Resource":"*","Condition":{"x":{"a":"1"}}}"#,
        "Syntax errors in policy."
      ),
      (
        #"{"Effect":"Allow","Action":"s3:x","Resource":"*","Condition":{"StringEquals":{"a":{}}}}"#,
        "Syntax errors in policy."
      ),
      (#""statement""#, "Syntax errors in policy."),
      (#"{"Effect":"allow","Action":"s3:x","Resource":"*"}"#, "The policy failed legacy parsing"),
      (
        #"{"Effect":"Allow","Action":"s3:x","Resource":"*","Condition":{"DateEquals":{"a":"sdfdsf"}}}"#,
        "The policy failed legacy parsing"
      ),
      (
        #"{"Effect":"Allow","Action":"s3:x","Resource":"arn:aws:s3::b"}"#,
        "The policy failed legacy parsing"
      ),
      (
        #"{"Effect":"Allow","Principal":"*","Action":"s3:x","Resource":"*"}"#,
        "Policy document should not specify a principal."
      ),
      (
        #"{"Sid":"read-the bucket","Effect":"Allow","Action":"s3:x","Resource":"*"}"#,
        "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular "
          + "expression [0-9A-Za-z]*"
      ),
      (
        #"{"Effect":"Allow","Action":"s3:x","Resource":"arn:aws-cn:s3:::b/*"}"#,
        #"Partition "aws-cn" is not valid for resource "arn:aws-cn:s3:::b/*"."#
      ),
      (
        #"{"Effect":"Allow","Action":"s3:x","Resource":"arn:${ARN_PARTITION}:s3:::b/*"}"#,
        #"Partition "${ARN_PARTITION}" is not valid for resource "arn:${ARN_PARTITION}:s3:::b/*"."#
      ),
      (#"{"Effect":"Allow","Resource":"*"}"#, "Policy statement must contain actions."),
      (#"{"Effect":"Allow","Action":[],"Resource":"*"}"#, "Policy statement must contain actions."),
      (#"{"Effect":"Allow","Action":"s3:x"}"#, "Policy statement must contain resources."),
      (#"{"Effect":"Allow","Action":"invalid"}"#, "Policy statement must contain resources."),
      (
        #"{"Effect":"Allow","Action":"s3:x","Resource":"adf"}"#,
        #"Resource adf must be in ARN format or "*"."#
      ),
      (
        #"{"Effect":"Allow","Action":"s3:x","Resource":""}"#,
        #"Resource  must be in ARN format or "*"."#
      ),
      (
        #"{"Effect":"Allow","Action":"s3:x","Resource":"a:bsdfdsafsad"}"#,
        #"Partition "bsdfdsafsad" is not valid for resource "arn:bsdfdsafsad:*:*:*:*"."#
      ),
      (
        #"{"Effect":"Allow","Action":"s3:x","Resource":"aws:s3:::example_bucket"}"#,
        #"Partition "s3" is not valid for resource "arn:s3:::example_bucket:*"."#
      ),
      (
        #"{"Effect":"Allow","Action":"s3:x","Resource":"arn:b:c:d:e:f:g:h"}"#,
        #"Partition "b" is not valid for resource "arn:b:c:d:e:f:g:h"."#
      ),
      (
        #"{"Effect":"Allow","Action":"s3:x","Resource":"arn:aws"}"#,
        "Resource vendor must be fully qualified and cannot contain regexes."
      ),
      (
        #"{"Effect":"Allow","Action":"s3:x","Resource":"arn:aws:iam:us-east-1::example_bucket"}"#,
        "IAM resource arn:aws:iam:us-east-1::example_bucket cannot contain region information."
      ),
      (
        #"{"Effect":"Allow","Action":"s3:x","Resource":"arn:aws:s3:us-east-1::b"}"#,
        "Resource arn:aws:s3:us-east-1::b can not contain region information."
      ),
      (
        #"{"Effect":"Allow","Action":"invalid","Resource":"*"}"#,
        "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
      ),
      (#"{"Effect":"Allow","Action":"a a:ListBucket","Resource":"*"}"#, "Vendor a a is not valid"),
      (
        #"{"Effect":"Allow","Action":"s3:List:Bucket","Resource":"*"}"#,
        "Actions/Condition can contain only one colon."
      ),
    ])
  func refusals(statement: String, text: String) {
    #expect(message(policy(statement)) == text)
  }

  @Test(
    "accepts what AWS accepts though it looks wrong",
    arguments: [
      #"{"Effect":"Allow","Action":"iam: asdf safdsf af ","Resource":"*"}"#,
      #"{"Effect":"Allow","Action":"aaaaaadsfdsafsadfsadfaaaaa:ListBucket","Resource":"*"}"#,
      #"{"Effect":"Allow","Action":"*","Resource":"arn:aws:fdsasf"}"#,
      #"{"Effect":"Allow","NotAction":"s3:x","NotResource":"*","Condition":{}}"#,
      #"{"Effect":"Allow","Action":"s3:x","Resource":"*","Condition":{"a":{}}}"#,
      #"{"Effect":"Allow","Action":"s3:x","Resource":"*","Condition":{"DateLessThan":{"a":[]}}}"#,
      #"{"Effect":"Allow","Action":"s3:x","Resource":"*","Condition":{"DateLessThan":{"a":"01T"}}}"#,
      #"{"Effect":"Allow","Action":"s3:x","Resource":"*","Sid":""},{"Effect":"Deny","Action":"s3:x","Resource":"*","Sid":""}"#,
    ])
  func accepted(statement: String) { #expect(message(policy(statement)) == nil) }

  @Test("versions")
  func versions() {
    let good = #"{"Effect":"Allow","Action":"s3:x","Resource":"*"}"#
    #expect(
      message(policy(good, version: ""))
        == "Policy document must be version 2012-10-17 or greater.")
    #expect(message(policy(good, version: ""), .inline) == nil)
    #expect(message(policy(good, version: #""Version":"2008-10-17","#), .inline) == nil)
    let article = message(policy(good, version: #""Version":"2012-01-01","#), .inline)
    #expect(article?.hasPrefix("Syntax errors in policy.") == true)
    #expect(article?.contains("2012-10-17 or 2008-10-17") == true)
    #expect(message("not json") == "Syntax errors in policy.")
    #expect(message("{}") == "Syntax errors in policy.")
    #expect(message(#"{"Version":"2012-10-17","Statement":[]}"#) == "Syntax errors in policy.")
  }

  @Test("the same Sid twice")
  func sids() {
    let one = #"{"Sid":"a","Effect":"Allow","Action":"s3:x","Resource":"*"}"#
    #expect(
      message(policy("\(one),\(one)"))
        == "Statement IDs (SID) in a single policy must be unique.")
  }

  @Test(
    "trust policies have their own rules",
    arguments: [
      ("{,}", "This policy contains invalid Json"),
      (
        #"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"a"},"Action":"sts:InvalidAction"}}"#,
        "AssumeRole policy may only specify STS AssumeRole actions."
      ),
      (
        #"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"a"},"Action":"sts:AssumeRole","Resource":"*"}}"#,
        "Has prohibited field Resource"
      ),
    ])
  func trust(text: String, expected: String) { #expect(message(text, .trust) == expected) }

  @Test("reads every common AWS-managed policy")
  func managed() throws {
    let bytes = try SafeFile.read(Repository.root + "/Tests/Golden/aws-managed-policies.json")
    let policies = try #require(try JSON.parse(bytes).object)
    #expect(policies.count > 10)
    for (name, policy) in policies {
      let document = try #require(policy["Document"])
      #expect(throws: Never.self, "\(name)") { try PolicyDocument(json: document, kind: .managed) }
    }
  }
}
