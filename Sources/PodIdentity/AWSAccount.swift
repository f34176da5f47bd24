import JSON

/// The account, region and partition that a server of AWS is; ARNs of what several services name are
/// made here.
package struct AWSAccount: Sendable {
  /// Twelve digits.
  package let id: String
  package let region: String
  package let partition: String

  /// An account of the ordinary partition.
  package init(
    id: String = StackDefaults.account, region: String = StackDefaults.region
  ) {
    self.id = id
    self.region = region
    partition = "aws"
  }

  /// The ARN of the account's root, `arn:aws:iam::111122223333:root`.
  package var rootARN: String { iamARN("root") }

  /// The ARN of something of IAM, such as `role/path/name`.
  package func iamARN(_ resource: String) -> String {
    "arn:\(partition):iam::\(id):\(resource)"
  }

  /// The ARN of a role's session; the role's path is no part of it.
  package func assumedRoleARN(role: String, session: String) -> String {
    "arn:\(partition):sts::\(id):assumed-role/\(role)/\(session)"
  }

  /// The ARN of something of EKS, such as `cluster/local`.
  package func eksARN(_ resource: String) -> String {
    "arn:\(partition):eks:\(region):\(id):\(resource)"
  }

  /// The ARN of a cluster.
  package func clusterARN(_ name: String) -> String { eksARN("cluster/\(name)") }

  /// The name of the role that an ARN of this account names; nil for any other ARN.
  package func roleName(in arn: String) -> String? {
    arn.bytes.without(prefix: iamARN("role/").bytes)?
      .bytes.split(separator: "/").last.map(String.init)
  }
}
