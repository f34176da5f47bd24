import AWSDoor
import AWSTestSupport
import AWSWire
import HTTP
import JSON
import Testing

/// A call of an operation in a ``Stack``, with the action and the resource that it asks for.
struct OperationCall: Sendable, CustomTestStringConvertible {
  let service: String
  let operation: String
  let action: String
  /// `{id}` stands for the association's id.
  let resource: String
  /// Further statements that it needs.
  var more = ""
  let send: @Sendable (Stack, AWSCredentials) async throws -> HTTPResponse

  var testDescription: String { operation }

  /// Every service with one of each thing.
  struct Stack {
    let s3: S3Stack
    let aws: AWSStack
    /// The association of `default/other`.
    let id: String

    init(longTermKeys: LongTermKeys = .test) async throws {
      s3 = try await S3Stack.withBucket(longTermKeys: longTermKeys)
      aws = s3.stack
      for target in ["/empty", "/bucket/key"] { _ = await s3.send("PUT", target, body: "") }
      await aws.makeRole("bare")
      await aws.makeRole(
        policy: #"{"Version":"2012-10-17","Statement":[\#(AWSStack.allow("s3:*"))]}"#)
      id = await aws.associate(serviceAccount: "other", ["tags": ["a": "b"]])
      _ = await aws.query(
        "iam", "CreateOpenIDConnectProvider", [("Url", "https://provider.example/id")])
    }
  }

  static let all = iam + eks + eksAuth + s3

  private static let account = "arn:aws:iam::111122223333"

  private static func iam(
    _ operation: String, _ resource: String, _ parameters: [(String, String)] = []
  ) -> OperationCall {
    OperationCall(
      service: "iam", operation: operation, action: "iam:\(operation)", resource: resource
    ) { stack, caller in await stack.aws.query("iam", operation, parameters, as: caller) }
  }

  private static func role(
    _ operation: String, _ parameters: [(String, String)] = [], name: String = "reader"
  ) -> OperationCall {
    iam(operation, "\(account):role/\(name)", [("RoleName", name)] + parameters)
  }

  private static let policy = [
    ("PolicyName", "inline"),
    ("PolicyDocument", #"{"Version":"2012-10-17","Statement":[\#(AWSStack.allow("s3:*"))]}"#),
  ]
  private static let provider = "\(account):oidc-provider/provider.example/id"

  private static let iam: [OperationCall] = [
    role("CreateRole", [("AssumeRolePolicyDocument", AWSStack.trust)], name: "new"),
    role("GetRole"), iam("ListRoles", "\(account):role/"), role("DeleteRole", name: "bare"),
    role("UpdateAssumeRolePolicy", [("PolicyDocument", AWSStack.trust)]),
    role("PutRolePolicy", policy), role("GetRolePolicy", [policy[0]]), role("ListRolePolicies"),
    role("DeleteRolePolicy", [policy[0]]), role("UpdateRole", [("Description", "d")]),
    role("UpdateRoleDescription", [("Description", "d")]),
    role("TagRole", [("Tags.member.1.Key", "a"), ("Tags.member.1.Value", "b")]),
    role("UntagRole", [("TagKeys.member.1", "a")]), role("ListRoleTags"),
    role("ListAttachedRolePolicies"), role("ListInstanceProfilesForRole"),
    iam(
      "CreateOpenIDConnectProvider", "\(account):oidc-provider/new.example",
      [("Url", "https://new.example")]),
    iam("GetOpenIDConnectProvider", provider, [("OpenIDConnectProviderArn", provider)]),
    iam("GetAccountSummary", "*"),
    iam("ListOpenIDConnectProviders", "\(account):oidc-provider/*"),
    iam("DeleteOpenIDConnectProvider", provider, [("OpenIDConnectProviderArn", provider)]),
  ]

  private static let cluster = "arn:aws:eks:us-east-1:111122223333:cluster/local"
  private static let association =
    "arn:aws:eks:us-east-1:111122223333:podidentityassociation/local/{id}"
  private static let associations = "/clusters/local/pod-identity-associations"

  private static func eks(
    _ operation: String, _ resource: String, _ method: String, _ target: String,
    _ body: JSON? = nil,
    more: String = ""
  ) -> OperationCall {
    OperationCall(
      service: "eks", operation: operation, action: "eks:\(operation)", resource: resource,
      more: more
    ) { stack, caller in
      await stack.aws.eks(method, target.replacing("{id}", with: stack.id), body, as: caller)
    }
  }

  private static let eks: [OperationCall] = [
    eks(
      "CreatePodIdentityAssociation", cluster, "POST", associations,
      [
        "namespace": "default", "serviceAccount": "new",
        "roleArn": "arn:aws:iam::111122223333:role/reader",
      ],
      more: ["iam:PassRole", "iam:GetRole"]
        .map { "," + AWSStack.allow($0, on: "\(account):role/reader") }.joined()),
    eks("ListPodIdentityAssociations", cluster, "GET", associations),
    eks("DescribePodIdentityAssociation", association, "GET", "\(associations)/{id}"),
    eks(
      "UpdatePodIdentityAssociation", association, "POST", "\(associations)/{id}",
      ["disableSessionTags": true]),
    eks("DeletePodIdentityAssociation", association, "DELETE", "\(associations)/{id}"),
    eks("ListClusters", "*", "GET", "/clusters"),
    eks("DescribeCluster", cluster, "GET", "/clusters/local"),
    eks("TagResource", association, "POST", "/tags/\(association)", ["tags": ["c": "d"]]),
    eks("UntagResource", association, "DELETE", "/tags/\(association)?tagKeys=a"),
    eks("ListTagsForResource", association, "GET", "/tags/\(association)"),
  ]

  private static let eksAuth = [
    OperationCall(
      service: "eks-auth", operation: "AssumeRoleForPodIdentity",
      action: "eks-auth:AssumeRoleForPodIdentity", resource: cluster
    ) { stack, caller in await stack.aws.assume(try stack.aws.token(), as: caller) }
  ]

  private static func s3(
    _ operation: String, _ action: String, _ resource: String, _ method: String, _ target: String
  ) -> OperationCall {
    OperationCall(
      service: "s3", operation: operation, action: "s3:\(action)",
      resource: "arn:aws:s3:::\(resource)"
    ) { stack, caller in await stack.s3.send(method, target, as: caller) }
  }

  private static let s3: [OperationCall] = [
    s3("ListBuckets", "ListAllMyBuckets", "*", "GET", "/"),
    s3("CreateBucket", "CreateBucket", "new", "PUT", "/new"),
    s3("HeadBucket", "ListBucket", "bucket", "HEAD", "/bucket"),
    s3("DeleteBucket", "DeleteBucket", "empty", "DELETE", "/empty"),
    s3("GetBucketLocation", "GetBucketLocation", "bucket", "GET", "/bucket?location"),
    s3("ListObjectsV2", "ListBucket", "bucket", "GET", "/bucket?list-type=2"),
    s3("HeadObject", "GetObject", "bucket/key", "HEAD", "/bucket/key"),
    s3("GetObject", "GetObject", "bucket/key", "GET", "/bucket/key"),
    s3("PutObject", "PutObject", "bucket/new", "PUT", "/bucket/new"),
    s3("DeleteObject", "DeleteObject", "bucket/key", "DELETE", "/bucket/key"),
  ]
}
