import JSON
package import Platform
package import PodIdentity

/// Whose pods an association is for.
package struct Workload: Sendable {
  package let cluster: String
  package let namespace: String
  package let serviceAccount: String

  /// The workload of one ServiceAccount.
  package init(cluster: String, namespace: String, serviceAccount: String) {
    self.cluster = cluster
    self.namespace = namespace
    self.serviceAccount = serviceAccount
  }
}

/// By bytes.
extension Workload: Hashable {
  package static func == (left: Workload, right: Workload) -> Bool {
    left.serviceAccount.bytes == right.serviceAccount.bytes
      && left.namespace.bytes == right.namespace.bytes && left.cluster.bytes == right.cluster.bytes
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(cluster.bytes)
    hasher.combine(namespace.bytes)
    hasher.combine(serviceAccount.bytes)
  }
}

/// What ties a ServiceAccount to a role.
package struct RoleAssociation: Sendable {
  /// `a-` and 17 characters.
  package let id: String
  package let workload: Workload
  package var roleARN: String
  package var targetRoleARN: String?
  package var disablesSessionTags: Bool
  /// A session policy, as it was sent.
  package var policy: String?
  /// Who manages the association, where that is not the one who made it by hand.
  package let ownerARN: String?
  package var tags: [ResourceTag]
  package let created: Instant
  package var modified: Instant

  /// An association of these parts.
  package init(
    id: String, workload: Workload, roleARN: String, targetRoleARN: String? = nil,
    disablesSessionTags: Bool = false, policy: String? = nil, ownerARN: String? = nil,
    tags: [ResourceTag] = [], created: Instant, modified: Instant
  ) {
    self.id = id
    self.workload = workload
    self.roleARN = roleARN
    self.targetRoleARN = targetRoleARN
    self.disablesSessionTags = disablesSessionTags
    self.policy = policy
    self.ownerARN = ownerARN
    self.tags = tags
    self.created = created
    self.modified = modified
  }

  /// What the second role must be told, where there is one.
  package func externalID(in account: AWSAccount) -> String? {
    guard targetRoleARN != nil else { return nil }
    return [
      account.region, account.id, workload.cluster, workload.namespace, workload.serviceAccount,
    ].joined(separator: "/")
  }

  /// The association's ARN.
  package func arn(in account: AWSAccount) -> String {
    account.eksARN("podidentityassociation/\(workload.cluster)/\(id)")
  }
}

/// By bytes.
extension RoleAssociation: Equatable {
  package static func == (left: RoleAssociation, right: RoleAssociation) -> Bool {
    left.id.bytes == right.id.bytes && left.workload == right.workload
      && left.roleARN.bytes == right.roleARN.bytes
      && left.targetRoleARN?.bytes == right.targetRoleARN?.bytes
      && left.disablesSessionTags == right.disablesSessionTags
      && left.policy?.bytes == right.policy?.bytes
      && left.ownerARN?.bytes == right.ownerARN?.bytes && left.tags == right.tags
      && left.created == right.created && left.modified == right.modified
  }
}
