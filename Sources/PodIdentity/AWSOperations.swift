import JSON

/// The operations of the AWS services that aws-api answers, and the actions that policies are asked
/// for; aws-api's tests hold the lists against its services.
package struct AWSOperations: Sendable {
  /// The name that signatures are made for and that actions begin with, such as `eks-auth`.
  package let service: String
  /// The names of its API.
  package let operations: [String]
  /// The actions, where they are others than the operations.
  private var ownActions: [String]?
  /// Actions that its operations or those of another service ask for besides.
  private var moreActions: [String] = []

  /// The actions that policies are asked for.
  package var actions: [String] { (ownActions ?? operations) + moreActions }

  /// All services.
  package static let all = [
    AWSOperations(
      service: "sts", operations: ["GetCallerIdentity"],
      moreActions: ["AssumeRole", "TagSession"]),
    AWSOperations(
      service: "iam",
      operations: [
        "CreateOpenIDConnectProvider", "CreateRole", "DeleteOpenIDConnectProvider", "DeleteRole",
        "DeleteRolePolicy", "GetAccountSummary", "GetOpenIDConnectProvider", "GetRole",
        "GetRolePolicy", "ListAttachedRolePolicies", "ListInstanceProfilesForRole",
        "ListOpenIDConnectProviders", "ListRolePolicies", "ListRoleTags", "ListRoles",
        "PutRolePolicy", "TagRole", "UntagRole", "UpdateAssumeRolePolicy", "UpdateRole",
        "UpdateRoleDescription",
      ], moreActions: ["PassRole"]),
    AWSOperations(
      service: "eks",
      operations: [
        "CreatePodIdentityAssociation", "DeletePodIdentityAssociation", "DescribeCluster",
        "DescribePodIdentityAssociation", "ListClusters", "ListPodIdentityAssociations",
        "ListTagsForResource", "TagResource", "UntagResource", "UpdatePodIdentityAssociation",
      ]),
    AWSOperations(service: "eks-auth", operations: [EventOperation.assumeRoleForPodIdentity]),
    AWSOperations(
      service: "s3",
      operations: [
        "CreateBucket", "DeleteBucket", "DeleteObject", "GetBucketLocation", "GetObject",
        "HeadBucket", "HeadObject", "ListBuckets", "ListObjectsV2", "PutObject",
      ],
      ownActions: [
        "CreateBucket", "DeleteBucket", "DeleteObject", "GetBucketLocation", "GetObject",
        "ListAllMyBuckets", "ListBucket", "PutObject",
      ]),
  ]

  /// The one of a signing name or an action's prefix.
  package static func of(_ service: String) -> AWSOperations? {
    all.first { $0.service.bytes == service.bytes }
  }

  /// The service that an operation is of; nil where none has it.
  package static func service(of operation: String) -> String? {
    let operation = operation.bytes
    return all.first { $0.operations.contains(operation) }?.service
  }
}
