import IAMPolicy
import JSON

/// A user of the account that stands for another server of the stack and may do what that server
/// needs, so that neither of them holds the root's keys.
package enum ServiceUser: String, Sendable, Hashable, CaseIterable {
  case kubernetesAPI = "kubernetes-api"
  case nodeAgent = "node-agent"

  /// The user's name with its path, as in `arn:aws:iam::111122223333:user/podid/node-agent`.
  package var resource: String { "user/podid/\(rawValue)" }
}

/// What a service lets a server of the stack do: an inline policy of its ``ServiceUser``.
package struct ServiceGrant: Sendable {
  package let user: ServiceUser
  /// The policy's name.
  package let name: String
  /// What it allows, on all resources, such as `eks-auth:AssumeRoleForPodIdentity`.
  package let actions: [String]

  /// A grant.
  package init(to user: ServiceUser, named name: String, _ actions: [String]) {
    self.user = user
    self.name = name
    self.actions = actions
  }

  /// The policy; nil, which allows nothing, if it does not parse.
  var policy: NamedPolicy? {
    let text: JSON = [
      "Version": "2012-10-17",
      "Statement": ["Effect": "Allow", "Action": .strings(actions), "Resource": "*"],
    ]
    let document = try? PolicyDocument(text: text.text(), kind: .inline)
    return document.map { NamedPolicy(name: name, document: $0) }
  }
}
