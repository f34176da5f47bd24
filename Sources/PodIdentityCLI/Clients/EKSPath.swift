import HTTP

/// Where EKS has clusters and associations (DescribeCluster, ListPodIdentityAssociations,
/// DescribePodIdentityAssociation), with every part percent-encoded.
enum EKSPath {
  /// A cluster.
  static func cluster(_ name: String) -> String { "/clusters/\(PercentEncoding.encode(name))" }

  /// The associations of a cluster.
  static func associations(in name: String) -> String {
    "\(cluster(name))/pod-identity-associations"
  }

  /// That of an account, as a list of one or none.
  static func association(of account: AccountName, in cluster: String) -> String {
    "\(associations(in: cluster))?namespace=\(PercentEncoding.encode(account.namespace))"
      + "&serviceAccount=\(PercentEncoding.encode(account.name))"
  }

  /// One of them, whole.
  static func association(_ id: String, in cluster: String) -> String {
    "\(associations(in: cluster))/\(PercentEncoding.encode(id))"
  }
}
