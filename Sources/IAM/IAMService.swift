// The room of IAM, an operation a file. It knows no other service and not how calls are let in
// (AWSDoor).

package import AWSDoor
import AWSWire
import HTTP
import IAMPolicy
import JSON

extension AWSService {
  /// IAM.
  package static let iam = AWSService(
    signingName: "iam", operations: QueryForm.iam.operations,
    errors: QueryFailure.common + [
      AWSError("NoSuchEntity", status: 404, "The entity cannot be found."),
      AWSError("LimitExceeded", status: 409, "A limit is exceeded."),
      AWSError("ConcurrentModification", status: 409, "The entity is being modified."),
    ],
    conditionKeys: [
      ConditionKey("aws:RequestTag/"), ConditionKey("aws:TagKeys", isMultivalued: true),
      ConditionKey("aws:ResourceTag/"), ConditionKey("iam:ResourceTag/"),
    ],
    isMeant: { QueryForm.version(of: $0)?.bytes == QueryForm.iamVersion.bytes })
}

extension ServedService {
  /// IAM, which needs nothing of its own.
  package static let iam = ServedService(.iam, by: QueryForm.iam)
}

extension QueryForm {
  /// How IAM is called.
  static let iam = QueryForm(
    "iam", version: iamVersion,
    [
      CreateRole(), GetRole(), ListRoles(), DeleteRole(), UpdateAssumeRolePolicy(),
      PutRolePolicy(), GetRolePolicy(), ListRolePolicies(), DeleteRolePolicy(), UpdateRole(),
      UpdateRoleDescription(), TagRole(), UntagRole(), ListRoleTags(), ListAttachedRolePolicies(),
      ListInstanceProfilesForRole(), CreateOpenIDConnectProvider(), GetOpenIDConnectProvider(),
      ListOpenIDConnectProviders(), DeleteOpenIDConnectProvider(), GetAccountSummary(),
    ])

  fileprivate static let iamVersion = "2010-05-08"
}
