import HTTP

/// Where EKS has associations (ListPodIdentityAssociations, DescribePodIdentityAssociation), with
/// every part percent-encoded.
enum AssociationPath {
  /// Those of a cluster.
  static func all(in cluster: String) -> String {
    "/clusters/\(PercentEncoding.encode(cluster))/pod-identity-associations"
  }

  /// That of an account, as a list of one or none.
  static func of(_ account: AccountName, in cluster: String) -> String {
    "\(all(in: cluster))?namespace=\(PercentEncoding.encode(account.namespace))"
      + "&serviceAccount=\(PercentEncoding.encode(account.name))"
  }

  /// One of them, whole.
  static func one(_ id: String, in cluster: String) -> String {
    "\(all(in: cluster))/\(PercentEncoding.encode(id))"
  }
}
