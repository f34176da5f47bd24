// The room of EKS, an operation a file. It knows no other service and not how calls are let in
// (AWSDoor); of Kubernetes objects it knows the names of ServiceAccounts.

package import AWSDoor
import AWSWire
import HTTP
import IAMPolicy
import JSON

extension AWSService {
  /// EKS: clusters and pod identity associations.
  package static let eks = AWSService(
    signingName: "eks", operations: RESTJSONForm.eks(clusters: []).operations,
    errors: [
      AWSError("ThrottlingException", status: 429, "Rate exceeded"),
      AWSError("ServerException", status: 500, "The service met an internal error."),
      AWSError("ServiceUnavailableException", status: 503, "The service is unavailable."),
      AWSError("AccessDeniedException", status: 403, "Access is denied."),
      AWSError("ResourceNotFoundException", status: 404, "The resource does not exist."),
      AWSError("ResourceInUseException", status: 409, "The resource is in use."),
      AWSError("InvalidParameterException", status: 400, "A parameter is invalid."),
      AWSError("ClientException", status: 400, "The request cannot be served."),
    ],
    conditionKeys: [ConditionKey("iam:PassedToService"), ConditionKey("aws:ResourceTag/")],
    grants: [
      // What the annotation controller and admission call, with what is asked of who names a role.
      ServiceGrant(
        to: .kubernetesAPI, named: "associations",
        [
          "eks:CreatePodIdentityAssociation", "eks:DeletePodIdentityAssociation",
          "eks:DescribePodIdentityAssociation", "eks:ListPodIdentityAssociations",
          "eks:UpdatePodIdentityAssociation", "iam:GetRole", "iam:PassRole",
        ])
    ],
    isMeant: { request in
      request.rawPath.bytes.hasPrefix("/clusters") || request.rawPath.bytes.hasPrefix("/tags")
    })
}

extension ServedService {
  /// EKS of these clusters.
  package static func eks(clusters: [Cluster]) -> ServedService {
    ServedService(.eks, by: RESTJSONForm.eks(clusters: clusters))
  }
}

extension RESTJSONForm {
  /// How EKS is called.
  fileprivate static func eks(clusters: [Cluster]) -> RESTJSONForm {
    RESTJSONForm([
      CreatePodIdentityAssociation(clusters: clusters),
      ListPodIdentityAssociations(clusters: clusters),
      DescribePodIdentityAssociation(clusters: clusters),
      UpdatePodIdentityAssociation(clusters: clusters),
      DeletePodIdentityAssociation(clusters: clusters), ListClusters(clusters: clusters),
      DescribeCluster(clusters: clusters), TagResource(), UntagResource(), ListTagsForResource(),
    ])
  }
}
