import HTTP

/// Where EKS and EKS Auth have things (DescribeCluster, ListPodIdentityAssociations,
/// DescribePodIdentityAssociation, AssumeRoleForPodIdentity), with every part percent-encoded.
package enum EKSPath {
  /// A cluster.
  package static func cluster(_ name: String) -> String {
    "/clusters/\(PercentEncoding.encode(name))"
  }

  /// Where a pod's token is exchanged.
  package static func assumeRole(in cluster: String) -> String {
    "\(self.cluster(cluster))/assume-role-for-pod-identity"
  }

  /// The associations of a cluster.
  package static func associations(in name: String) -> String {
    "\(cluster(name))/pod-identity-associations"
  }

  /// That of a ServiceAccount, as a list of one or none.
  package static func association(
    ofNamespace namespace: String, account: String, in cluster: String
  ) -> String {
    "\(associations(in: cluster))?namespace=\(PercentEncoding.encode(namespace))"
      + "&serviceAccount=\(PercentEncoding.encode(account))"
  }

  /// The tags of something of EKS, by its ARN.
  package static func tags(of arn: String) -> String { "/tags/\(PercentEncoding.encode(arn))" }

  /// One association, whole.
  package static func association(_ id: String, in cluster: String) -> String {
    "\(associations(in: cluster))/\(PercentEncoding.encode(id))"
  }
}
