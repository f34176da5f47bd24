// The room of EKS Auth, which the node agent calls: a pod's token for credentials. It knows no other
// service, not how calls are let in (AWSDoor), and no Kubernetes object: of a cluster it knows issuer
// and keys.

package import AWSDoor
import AWSWire
import HTTP
import IAMPolicy
import JSON
import PodIdentity

extension AWSService {
  /// EKS Auth: what the node agent calls.
  package static let eksAuth = AWSService(
    signingName: "eks-auth", operations: [EventOperation.assumeRoleForPodIdentity],
    errors: EKSAuthErrors.all,
    // Those of the AssumeRole that it makes for a pod, which trust policies are held against.
    conditionKeys: [
      ConditionKey("sts:RoleSessionName"), ConditionKey("sts:ExternalId"),
      ConditionKey("sts:TransitiveTagKeys", isMultivalued: true), ConditionKey("aws:RequestTag/"),
      ConditionKey("aws:TagKeys", isMultivalued: true), ConditionKey("aws:ResourceTag/"),
    ],
    grants: [
      // What a node's role has on EKS (the managed policy AmazonEKSWorkerNodePolicy), as far as the
      // agent needs it.
      ServiceGrant(
        to: .nodeAgent, named: "exchange", ["eks-auth:AssumeRoleForPodIdentity"])
    ],
    isMeant: { $0.rawPath.bytes.hasSuffix("/assume-role-for-pod-identity") })
}

extension ServedService {
  /// EKS Auth, with what tokens are exchanged by.
  package static func eksAuth(_ exchange: CredentialExchange) -> ServedService {
    ServedService(.eksAuth, by: RESTJSONForm([AssumeRoleForPodIdentity(exchange: exchange)]))
  }
}
