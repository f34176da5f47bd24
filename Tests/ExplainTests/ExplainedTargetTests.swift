import JSON
import Testing

@testable import CommandCore
@testable import Explain

/// What `podid explain` says of the role that is assumed through the association's.
@Suite(.timeLimit(.minutes(10))) struct ExplainedTargetTests {
  private static func allow(
    _ principal: String, _ condition: String = "{}"
  ) -> String {
    #"{"Effect":"Allow","Principal":\#(principal),"Action":\#(both),"Condition":\#(condition)}"#
  }

  private static let both = #"["sts:AssumeRole","sts:TagSession"]"#
  private static let target = Sample.roles + "target"
  private static let mayAssume =
    #"{"Effect":"Allow","Action":\#(both),"Resource":"\#(target)"}"#

  private func target(
    policies: [String], trust: String?, arn: String = target, targetPolicies: [String] = [],
    members: JSONObject = [:]
  ) async throws -> (step: ExplainStep?, role: RoleLookup?, warnings: [ExplainWarning]) {
    let first = try Sample.role(
      "app", policies: try policies.map { ("inline", try Sample.document($0)) })
    var stack = ServedStack()
    if let trust {
      stack.roles = [
        try Sample.role(
          "target", policies: try targetPolicies.map { ("t", try Sample.document($0)) },
          trust: try Sample.document(trust))
      ]
    }
    var association = members
    association["associationId"] = "a-1"
    if !arn.isEmpty { association["targetRoleArn"] = .string(arn) }
    let (json, keys) = (JSON.object(association), try Sample.keys())
    return try await stack.walk { explainer in
      do throws(ExplainStop) {
        let role = try await explainer.target(json, from: first, keys)
        return (explainer.steps.last, role, explainer.warnings)
      } catch { return (error.step, nil, []) }
    }
  }

  private static let root = #"{"AWS":"arn:aws:iam::111122223333:root"}"#
  private static let named = #"{"AWS":"arn:aws:iam::111122223333:role/app"}"#

  @Test("an association without a target role has none; one that may be assumed is told")
  func assumed() async throws {
    let none = try await target(policies: [], trust: nil, arn: "")
    #expect(none.role == nil && none.step == nil)
    let bare = try await target(
      policies: [Self.mayAssume], trust: Self.allow(Self.root))
    #expect(bare.step?.text == "\(Self.target), which app may assume")
    #expect(bare.role?.name == "target" && bare.warnings.count == 1)
    let full = try await target(
      policies: [Self.mayAssume], trust: Self.allow(Self.root),
      targetPolicies: [Self.mayAssume])
    #expect(full.warnings.isEmpty)
  }

  @Test("the external id of the association is sent, and is what a trust policy may ask for")
  func externalID() async throws {
    let trust = Self.allow(
      Self.root, #"{"StringEquals":{"sts:ExternalId":"x-1"}}"#)
    let right = try await target(
      policies: [Self.mayAssume], trust: trust, members: ["externalId": "x-1"])
    #expect(right.step?.isGood == true)
    let wrong = try await target(
      policies: [Self.mayAssume], trust: trust, members: ["externalId": "x-2"])
    #expect(wrong.step?.isGood == false)
  }

  @Test("a target that does not trust the first role gets a trust that names it")
  func untrusted() async throws {
    let step = try await target(
      policies: [Self.mayAssume], trust: Self.allow(#"{"Service":"pods.eks.amazonaws.com"}"#)
    ).step
    #expect(step?.hop == "target role")
    #expect(step?.text.hasPrefix("target does not let app do sts:AssumeRole: ") == true)
    #expect(step?.mend?.text.contains("update-assume-role-policy --role-name target ") == true)
    #expect(step?.mend?.text.contains(#""AWS":"arn:aws:iam::111122223333:role/app""#) == true)
  }

  @Test("a first role that may not assume it gets a policy of a free name")
  func unpermitted() async throws {
    let bare = try await target(policies: [], trust: Self.allow(Self.root)).step
    #expect(
      bare?.text
        == "app may not do sts:AssumeRole on \(Self.target): it has no policy; target trusts the "
        + "account, which leaves it to the role's own policies")
    #expect(
      bare?.mend?.text
        == "aws iam put-role-policy --role-name app --policy-name assume-target "
        + #"--policy-document '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"#
        + #"["sts:AssumeRole","sts:TagSession"],"Resource":"\#(Self.target)"}]}'"#)
  }

  @Test("a denial of the first role is narrowed, or goes with its policy where nothing is left")
  func denied() async throws {
    let trust = Self.allow(Self.named)
    let narrowed = try await target(
      policies: [#"{"Effect":"Deny","Action":"sts:*","Resource":"*"}"#], trust: trust
    ).step
    #expect(
      narrowed?.text.hasPrefix(
        "app may not do sts:AssumeRole on \(Self.target): policy inline, statement 1 denies it. "
          + "The command lets the denial be about all but \(Self.target)") == true)
    #expect(narrowed?.mend?.text.contains(#""NotResource":"\#(Self.target)""#) == true)
    // Both actions pass, or the walk would stop at the other one.
    let both = try await target(
      policies: [
        #"{"Effect":"Deny","Action":["sts:AssumeRole","sts:TagSession","iam:*"],"#
          + #""Resource":"arn:aws:iam::*:role/t*"}"#
      ], trust: trust
    ).step
    #expect(both?.mend?.text.contains(#""Action":"iam:*""#) == true)
    let gone = try await target(
      policies: [#"{"Effect":"Deny","Action":"sts:*","Resource":"\#(Self.target)*"}"#],
      trust: trust
    ).step
    #expect(
      gone?.mend?.text == "aws iam delete-role-policy --role-name app --policy-name inline")
  }

  @Test("a target that is missing here, has another path, or is another account's")
  func missing() async throws {
    let missing = try await target(policies: [], trust: nil).step
    #expect(missing?.text == "\(Self.target) does not exist in this account")
    #expect(missing?.mend?.text.hasPrefix("aws iam create-role --role-name target ") == true)
    let path = Sample.roles + "team/target"
    let other = try await target(
      policies: [], trust: Self.allow(Self.root), arn: path
    ).step
    #expect(
      other?.text
        == "\(path) does not exist; the role of that name has another path: \(Self.target)")
    #expect(
      other?.mend?.text
        == "aws eks update-pod-identity-association --cluster-name local --association-id a-1 "
        + "--target-role-arn \(Self.target)")
    let foreign = try await target(
      policies: [], trust: nil, arn: "arn:aws:iam::9:role/team/target"
    ).step
    #expect(
      foreign?.text.hasSuffix("another account or partition, of which there is none here")
        == true)
    #expect(
      foreign?.mend?.text.hasPrefix("aws iam create-role --role-name target --path /team/")
        == true)
    #expect(foreign?.mend?.text.hasSuffix(" --target-role-arn \(path)") == true)
  }
}
