import JSON
import Testing

@testable import CommandCore
@testable import Explain

/// What `podid explain` says of an annotation that has made no association.
@Suite(.timeLimit(.minutes(10))) struct ExplainedAnnotationTests {
  private static let app = Sample.roles + "app"
  private static let shown = "the annotation \(ServedStack.annotation)"

  /// The stop at an account with this annotation, in a stack of these roles.
  private func stop(
    _ annotated: String, _ roles: [RoleLookup], _ prepare: (inout ServedStack) -> Void = { _ in }
  ) async throws -> ExplainStep? {
    var stack = ServedStack()
    stack.roles = roles
    stack.putAccount([ServedStack.annotation: .string(annotated)])
    prepare(&stack)
    return try await stack.stop { explainer throws(ExplainStop) in
      _ = try await explainer.association(
        ["metadata": ["annotations": .object([ServedStack.annotation: .string(annotated)])]])
    }
  }

  private static func annotate(_ role: String) -> String {
    "kubectl annotate serviceaccount app -n default --overwrite \(ServedStack.annotation)=\(role)"
  }

  @Test(
    "what is no role's ARN, or another account's, becomes this account's",
    arguments: [
      ("app", "is \"app\", which is not the ARN of a role"),
      ("arn:aws:s3:::app", "is \"arn:aws:s3:::app\", which is not the ARN of a role"),
      ("arn:aws:iam::9:user/app", "is \"arn:aws:iam::9:user/app\", which is not the ARN of a role"),
      ("arn:x:iam::9:role/app", "is \"arn:x:iam::9:role/app\", which is not the ARN of a role"),
      (
        "arn:aws:iam::9:role/app",
        "names arn:aws:iam::9:role/app, a role of another account or partition than 111122223333"
      ),
      (
        "arn:aws-cn:iam::111122223333:role/app",
        "names arn:aws-cn:iam::111122223333:role/app, a role of another account or partition "
          + "than 111122223333"
      ),
    ])
  func foreign(annotated: String, text: String) async throws {
    let there = try await stop(annotated, [try Sample.role("app")])
    #expect(there?.text == "\(Self.shown) \(text)")
    // A bare ARN of another service has no name of a role that is there.
    let name = RoleLookup.pathAndName(annotated).name
    let isThere = name == "app"
    if isThere { #expect(there?.mend?.text == Self.annotate(Self.app)) }
    let made = try await stop(annotated, [])
    #expect(
      made?.mend?.text
        == "\(Mend.createRole(Sample.roles + name).text) && \(Self.annotate(Sample.roles + name))")
  }

  @Test("a role that does not exist: a near one, or it is made")
  func missing() async throws {
    let near = try await stop(Sample.roles + "apq", [try Sample.role("app")])
    #expect(
      near?.text
        == "\(Self.shown) names \(Sample.roles)apq, which does not exist; \(Self.app) does")
    #expect(near?.mend?.text == Self.annotate(Self.app))
    let none = try await stop(Self.app, [])
    #expect(none?.text == "\(Self.app) of the annotation does not exist")
    #expect(none?.mend?.text == Mend.createRole(Self.app).text)
  }

  @Test("a role with a path is named with it")
  func path() async throws {
    let other = try await stop(Sample.roles + "team/app", [try Sample.role("app")])
    #expect(
      other?.text
        == "\(Self.shown) names \(Sample.roles)team/app, but the role's ARN is \(Self.app), with "
        + "its path")
    #expect(other?.mend?.text == Self.annotate(Self.app))
  }

  @Test("a trust policy that EKS refuses is told with EKS's words, where the events have them")
  func trust() async throws {
    let trust = try Sample.document(
      #"{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}"#)
    let role = try Sample.role("app", trust: trust)
    let silent = try await stop(Self.app, [role])
    #expect(silent?.text.hasPrefix("EKS refuses the role app must let pods.eks") == true)
    #expect(
      silent?.mend?.text.hasPrefix("aws iam update-assume-role-policy --role-name app ") == true)
    let told = try await stop(Self.app, [role]) { stack in
      stack.answers[
        "GET /api/v1/namespaces/default/events?fieldSelector=involvedObject.name%3Dapp"] = [
          "items": [
            [
              "reason": "PodIdentityAssociationFailed", "message": "It says no.",
              "lastTimestamp": "t",
            ]
          ]
        ]
    }
    #expect(told?.text.hasPrefix("It says no. app must let pods.eks.amazonaws.com do") == true)
  }

  @Test("an association that the controller is about to make is waited for")
  func coming() async throws {
    var stack = ServedStack()
    stack.roles = [try Sample.role("app")]
    var made = stack
    made.putAssociation(["roleArn": .string(Self.app), "ownerArn": "o"])
    stack.laterAnswers = made.answers
    let step = try await stack.stop { explainer throws(ExplainStop) in
      let found = try await explainer.association(
        ["metadata": ["annotations": .object([ServedStack.annotation: .string(Self.app)])]])
      #expect(found["associationId"] == "a-1")
    }
    #expect(step == nil)
  }

  @Test("an annotation that the cluster does not serve needs an association in its place")
  func unserved() async throws {
    let bare: JSON = ["spec": ["volumes": []]]
    let step = try await stop(Self.app, [try Sample.role("app")]) {
      $0.answers["POST /api/v1/namespaces/default/pods?dryRun=All"] = bare
    }
    #expect(step?.text.hasPrefix("the annotation is not served by this cluster") == true)
    #expect(
      step?.mend?.text
        == "aws eks create-pod-identity-association --cluster-name local --namespace default "
        + "--service-account app --role-arn \(Self.app)")
  }
}
