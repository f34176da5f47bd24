import JSON
import Testing

@testable import CommandCore
@testable import Explain

/// What `podid explain` says of an association that is there, and of its role.
@Suite(.timeLimit(.minutes(10))) struct ExplainedAssociationTests {
  private static let app = Sample.roles + "app"

  private func explained(
    _ association: JSONObject, _ annotations: JSONObject = [:]
  ) async throws -> (good: [String], warnings: [ExplainWarning]) {
    var stack = ServedStack()
    stack.putAssociation(association)
    return try await stack.walk { explainer in
      let found = try await explainer.association(
        ["metadata": ["annotations": .object(annotations)]])
      #expect(found["associationId"] == "a-1")
      return (explainer.steps.map(\.text), explainer.warnings)
    }
  }

  @Test("it is told with its role, and whether the annotation keeps it")
  func told() async throws {
    let byHand = try await explained(["roleArn": .string(Self.app)])
    #expect(byHand.good == ["a-1 -> \(Self.app)"] && byHand.warnings.isEmpty)
    let kept = try await explained(
      ["roleArn": .string(Self.app), "ownerArn": "o"], [ServedStack.annotation: "other"])
    #expect(kept.good == ["a-1 -> \(Self.app) (kept by the annotation)"] && kept.warnings.isEmpty)
  }

  @Test("an annotation that it outdoes is warned of, and so is IRSA's")
  func warnings() async throws {
    let same = try await explained(
      ["roleArn": .string(Self.app)], [ServedStack.annotation: .string(Self.app)])
    #expect(same.warnings.isEmpty)
    let outdone = try await explained(
      ["roleArn": .string(Self.app)],
      [ServedStack.annotation: "other", "eks.amazonaws.com/role-arn": "irsa"])
    #expect(outdone.warnings.map(\.hop) == ["association", "service account"])
    #expect(outdone.warnings.first?.text.hasPrefix("the annotation names other, and an") == true)
    #expect(
      outdone.warnings.first?.mend?.text
        == "aws eks update-pod-identity-association --cluster-name local --association-id a-1 "
        + "--role-arn other")
    #expect(
      outdone.warnings.last?.mend?.text
        == "kubectl annotate serviceaccount app -n default eks.amazonaws.com/role-arn-")
  }

  @Test("an EKS that does not answer is told as that")
  func unanswered() async throws {
    var stack = ServedStack()
    stack.statuses[
      "GET /clusters/local/pod-identity-associations?namespace=default&serviceAccount=app"] = 500
    let step = try await stack.stop { explainer throws(ExplainStop) in
      _ = try await explainer.association([:])
    }
    #expect(step?.hop == "association" && step?.mend?.text == "podid status")
  }

  private func role(
    _ association: JSONObject, _ roles: [RoleLookup]
  ) async throws -> (step: ExplainStep?, warnings: [ExplainWarning]) {
    var stack = ServedStack()
    stack.roles = roles
    var whole = association
    whole["associationId"] = "a-1"
    let json = JSON.object(whole)
    return try await stack.walk { explainer in
      do throws(ExplainStop) { _ = try await explainer.role(json) } catch {
        return (error.step, explainer.warnings)
      }
      return (explainer.steps.last, explainer.warnings)
    }
  }

  @Test("a role is told with its policies; one that may do nothing is warned of")
  func policies() async throws {
    let policy = try Sample.document(#"{"Effect":"Allow","Action":"*","Resource":"*"}"#)
    let full = try await role(
      ["roleArn": .string(Self.app)],
      [try Sample.role("app", policies: [("a", policy), ("b", policy)])])
    #expect(full.step?.text == "\(Self.app), policies: a, b" && full.warnings.isEmpty)
    #expect(full.step?.isGood == true)
    let bare = try await role(["roleArn": .string(Self.app)], [try Sample.role("app")])
    #expect(bare.step?.text == "\(Self.app), policies: none")
    #expect(bare.warnings.first?.text.hasPrefix("app has no policy, so") == true)
    // The target's policies are those that count.
    let first = try await role(
      ["roleArn": .string(Self.app), "targetRoleArn": "t"], [try Sample.role("app")])
    #expect(first.warnings.isEmpty)
  }

  @Test("a role that is gone, or has another path, is named by what the association follows")
  func gone() async throws {
    let gone = try await role(["roleArn": .string(Self.app)], [])
    #expect(gone.step?.isGood == false)
    #expect(gone.step?.text.hasPrefix("\(Self.app) does not exist; EKS Auth answers") == true)
    #expect(gone.step?.mend?.text == Mend.createRole(Self.app).text)
    let path = Sample.roles + "team/app"
    let byHand = try await role(["roleArn": .string(path)], [try Sample.role("app")])
    #expect(
      byHand.step?.text
        == "\(path) does not exist; the role of that name has another path: \(Self.app)")
    #expect(byHand.step?.mend?.text.hasSuffix(" --role-arn \(Self.app)") == true)
    let kept = try await role(
      ["roleArn": .string(path), "ownerArn": "o"], [try Sample.role("app")])
    #expect(
      kept.step?.mend?.text
        == "kubectl annotate serviceaccount app -n default --overwrite "
        + "\(ServedStack.annotation)=\(Self.app)")
  }
}
