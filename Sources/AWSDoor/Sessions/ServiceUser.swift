package import IAMPolicy

/// A user of the account that stands for another server of the stack and may do what that server
/// needs, so that neither of them holds the root's keys.
package enum ServiceUser: String, Sendable, Hashable, CaseIterable {
  case kubernetesAPI = "kubernetes-api"
  case nodeAgent = "node-agent"

  /// The user's name with its path, as in `arn:aws:iam::111122223333:user/podid/node-agent`.
  package var resource: String { "user/podid/\(rawValue)" }

  /// What the user may do.
  package var policies: [NamedPolicy] {
    switch self {
    case .kubernetesAPI: Self.associations
    case .nodeAgent: Self.exchange
    }
  }

  /// What the annotation controller and admission call, with what EKS asks of who names a role.
  private static let associations = policies(
    "associations",
    #""eks:CreatePodIdentityAssociation","eks:DeletePodIdentityAssociation","#
      + #""eks:DescribePodIdentityAssociation","eks:ListPodIdentityAssociations","#
      + #""eks:UpdatePodIdentityAssociation","iam:GetRole","iam:PassRole""#)
  /// What a node's role has on EKS (the managed policy AmazonEKSWorkerNodePolicy), as far as the
  /// agent needs it.
  private static let exchange = policies("exchange", #""eks-auth:AssumeRoleForPodIdentity""#)

  /// A policy that allows the actions; none, which allows nothing, if it did not parse.
  private static func policies(_ name: String, _ actions: String) -> [NamedPolicy] {
    let text =
      #"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":[\#(actions)],"#
      + #""Resource":"*"}}"#
    let document = try? PolicyDocument(text: text, kind: .inline)
    return document.map { [NamedPolicy(name: name, document: $0)] } ?? []
  }
}
