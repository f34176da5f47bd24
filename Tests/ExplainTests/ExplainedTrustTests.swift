import IAMPolicy
import JSON
import Testing

@testable import CommandCore
@testable import Explain

/// What `podid explain` says of the trust policy of the association's role.
@Suite(.timeLimit(.minutes(10))) struct ExplainedTrustTests {
  private static func allow(_ principal: String, _ action: String, _ condition: String = "{}")
    -> String
  {
    #"{"Effect":"Allow","Principal":\#(principal),"Action":\#(action),"Condition":\#(condition)}"#
  }

  private static let service = #"{"Service":"pods.eks.amazonaws.com"}"#
  private static let both = #"["sts:AssumeRole","sts:TagSession"]"#
  private static let asksForTags = #"{"Null":{"aws:RequestTag/kubernetes-namespace":"false"}}"#

  private func trust(
    _ statement: String, _ association: JSON = ["associationId": "a-1"], hasTags: Bool = true
  ) async throws -> ExplainStep? {
    let role = try Sample.role("app", trust: try Sample.document(statement))
    let keys = try Sample.keys(hasTags: hasTags)
    return try await ServedStack().walk { explainer in
      do throws(ExplainStop) { try explainer.trust(of: role, association, keys) } catch {
        return error.step
      }
      return explainer.steps.last
    }
  }

  @Test("what the service may do is told, with or without tags")
  func allowed() async throws {
    let step = try await trust(Self.allow(Self.service, Self.both))
    #expect(step?.isGood == true)
    #expect(step?.text == "pods.eks.amazonaws.com may do sts:AssumeRole and sts:TagSession")
    let bare = try await trust(
      Self.allow(Self.service, #""sts:AssumeRole""#), hasTags: false)
    #expect(bare?.isGood == true)
    #expect(bare?.text == "pods.eks.amazonaws.com may do sts:AssumeRole")
  }

  @Test("the action that is refused first is told, with what each statement lacks")
  func refused() async throws {
    let step = try await trust(Self.allow(Self.service, #""sts:AssumeRole""#))
    #expect(
      step?.text.hasPrefix(
        "app does not let pods.eks.amazonaws.com do sts:TagSession: statement 1: Action is "
          + "sts:AssumeRole, which does not name sts:TagSession. The new policy adds") == true)
    #expect(step?.mend?.text.hasPrefix("aws iam update-assume-role-policy --role-name app") == true)
    #expect(step?.text.contains("IRSA") == false)
  }

  @Test("a trust policy of IRSA is told as that")
  func irsa() async throws {
    let step = try await trust(
      Self.allow(
        #"{"Federated":"arn:aws:iam::1:oidc-provider/x"}"#, #""sts:AssumeRoleWithWebIdentity""#))
    #expect(step?.text.contains("; this trust is IRSA's (sts:AssumeRoleWithWebIdentity)") == true)
  }

  @Test("tags that the trust policy asks for are turned on, unless a session policy forbids them")
  func tags() async throws {
    let statement = Self.allow(Self.service, Self.both, Self.asksForTags)
    let off = try await trust(statement, hasTags: false)
    #expect(off?.text.contains("turns session tags off, for which the trust policy asks") == true)
    #expect(
      off?.mend?.text
        == "aws eks update-pod-identity-association --cluster-name local --association-id a-1 "
        + "--no-disable-session-tags")
    let narrowed = try await trust(
      statement, ["associationId": "a-1", "policy": "{}"], hasTags: false)
    #expect(narrowed?.mend?.text.hasPrefix("aws iam update-assume-role-policy") == true)
    let on = try await trust(
      Self.allow(Self.service, Self.both, #"{"Null":{"aws:RequestTag/x":"false"}}"#))
    #expect(on?.mend?.text.hasPrefix("aws iam update-assume-role-policy") == true)
  }

  @Test(
    "which trust policies ask for session tags",
    arguments: [
      ("Allow", "aws:RequestTag/x", true), ("Allow", "AWS:TagKeys", true),
      ("Allow", "sts:TransitiveTagKeys", true), ("Allow", "aws:SourceArn", false),
      ("Deny", "aws:RequestTag/x", false),
    ])
  func asks(effect: String, key: String, asks: Bool) throws {
    let statement = Self.allow(Self.service, Self.both, #"{"StringEquals":{"\#(key)":"v"}}"#)
      .replacing("Allow", with: effect)
    let document = try PolicyDocument(json: try Sample.document(statement), kind: .trust)
    #expect(document.asksForTags == asks)
  }
}
