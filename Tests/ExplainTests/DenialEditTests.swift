import IAMPolicy
import JSON
import Testing

@testable import CommandCore
@testable import Explain

/// What `podid explain` makes of a Deny statement that keeps a role from its target.
@Suite struct DenialEditTests {
  private static let target = "arn:aws:iam::111122223333:role/target"
  private static let other = "arn:aws:iam::111122223333:role/other"

  @Test(
    "a denial spares the requests, and denies what else it did",
    arguments: [
      (
        #"{"Effect":"Deny","Action":"sts:*","Resource":"*"}"#,
        #"{"Effect":"Deny","Action":"sts:*","NotResource":"\#(target)"}"#
      ),
      (
        #"{"Effect":"Deny","Action":"sts:*","NotResource":"\#(other)"}"#,
        #"{"Effect":"Deny","Action":"sts:*","NotResource":["\#(other)","\#(target)"]}"#
      ),
      (
        #"{"Effect":"Deny","Action":"*","Resource":["\#(other)","\#(target)"]}"#,
        #"{"Effect":"Deny","Action":"*","Resource":"\#(other)"}"#
      ),
      (
        #"{"Effect":"Deny","Action":["STS:TagSession","iam:*"],"Resource":"arn:aws:iam::*:role/t*"}"#,
        #"{"Effect":"Deny","Action":"iam:*","Resource":"arn:aws:iam::*:role/t*"}"#
      ),
      (
        #"{"Effect":"Deny","Action":"sts:*","Resource":"\#(other)"}"#,
        #"{"Effect":"Deny","Action":"sts:*","Resource":"\#(other)"}"#
      ),
    ])
  func spares(denial: String, wanted: String) throws {
    var edit = DenialEdit(try JSON.parse(denial))
    for action in TrustRepair.both {
      edit.spare(PolicyRequest(action: action, resource: Self.target))
    }
    #expect(edit.statement == (try JSON.parse(wanted)))
    #expect(edit.changes.count == (denial == wanted ? 0 : 1))
  }

  @Test("what no part of the language can spare goes, and is named")
  func drops() throws {
    var edit = DenialEdit(
      try JSON.parse(
        #"{"Sid":"No","Effect":"Deny","Action":"sts:*","Resource":"arn:aws:iam::*:role/*"}"#))
    edit.spare(PolicyRequest(action: "sts:AssumeRole", resource: Self.target))
    #expect(edit.statement == nil)
    #expect(edit.changes == ["takes the statement No out, with all that it denies"])
  }

  @Test("a denial that cannot be evaluated denies, so it is narrowed too")
  func unevaluable() throws {
    var edit = DenialEdit(
      try JSON.parse(
        #"{"Effect":"Deny","Action":"sts:*","Resource":"*","#
          + #""Condition":{"ArnLike":{"aws:PrincipalArn":"x"}}}"#))
    edit.spare(
      PolicyRequest(
        action: "sts:AssumeRole", resource: Self.target,
        context: ["aws:PrincipalArn": [Self.other]]))
    #expect(edit.statement?["NotResource"]?.string == Self.target)
  }
}
