// The room of aws-api: EKS Auth, EKS, STS, IAM and S3, each operation in a file of its own name.
//
// A request passes the guard of hosts and origins, then ``Authenticator`` (SigV4 makes it a
// ``Caller``), then its operation, which asks the ``Authorizer`` and the ``RoleStore``, and is
// rendered at the edge. The room knows neither Kubernetes objects nor the node agent: of a cluster
// it knows an issuer and its keys.

import AWSWire

/// The account, region and partition that this server is; ARNs are made here.
package struct AWSAccount: Sendable, Hashable {
  /// Twelve digits.
  package let id: String
  package let region: String
  package let partition: String

  /// An account of the ordinary partition.
  package init(id: String = "111122223333", region: String = "us-east-1") {
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
    let prefix = iamARN("role/")
    guard arn.hasPrefix(prefix) else { return nil }
    return arn.dropFirst(prefix.count).split(separator: "/").last.map(String.init)
  }
}
