package import Platform

/// Whose pods an association is for.
package struct Workload: Sendable, Hashable {
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

/// What ties a ServiceAccount to a role.
package struct RoleAssociation: Sendable, Hashable {
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
