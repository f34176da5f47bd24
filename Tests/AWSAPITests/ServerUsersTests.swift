import AWSDoor
import AWSTestSupport
import AWSWire
import HTTP
import Platform
import TestSupport
import Testing

@testable import AWSAPI

/// What the stack's other servers may do: what services grant to them, and nothing more.
@Suite struct ServerUsersTests {
  private static let actions: [(ServiceUser, Set<String>)] = [
    (
      .kubernetesAPI,
      [
        "eks:CreatePodIdentityAssociation", "eks:DeletePodIdentityAssociation",
        "eks:DescribePodIdentityAssociation", "eks:ListPodIdentityAssociations",
        "eks:UpdatePodIdentityAssociation", "iam:GetRole",
      ]
    ),
    (.nodeAgent, ["eks-auth:AssumeRoleForPodIdentity"]),
  ]

  @Test("a server may do what it needs alone", arguments: actions)
  func operations(user: ServiceUser, actions: Set<String>) async throws {
    let folder = try Scratch.folder()
    let keys = try LongTermKeys(in: folder, randomRoot: false)
    let key = try AccessKeyFile(path: "\(folder)/\(user.rawValue)/credentials.json").read()
    // What is refused leaves it as it was.
    let kept = try await OperationCall.Stack(longTermKeys: keys)
    for call in OperationCall.all {
      let isGranted = actions.contains(call.action)
      let stack = isGranted ? try await OperationCall.Stack(longTermKeys: keys) : kept
      if isGranted { await stack.aws.associate() }
      let answer = try await call.send(stack, key)
      #expect(
        isGranted ? answer.status / 100 == 2 : answer.status == 403,
        "\(call.operation): \(answer.failure)")
    }
  }
}
