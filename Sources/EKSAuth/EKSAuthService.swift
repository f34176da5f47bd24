// The room of EKS Auth, which the node agent calls: a pod's token for credentials. It knows no other
// service, not how calls are let in (AWSDoor), and no Kubernetes object: of a cluster it knows issuer
// and keys.

package import AWSDoor
import AWSWire
import HTTP
import JSON
import PodIdentity

extension AWSService {
  /// EKS Auth: what the node agent calls.
  package static let eksAuth = AWSService(
    signingName: "eks-auth", operations: [EventOperation.assumeRoleForPodIdentity],
    errors: EKSAuthErrors.all,
    isMeant: { $0.rawPath.bytes.hasSuffix("/assume-role-for-pod-identity") })
}

extension ServedService {
  /// EKS Auth, with what tokens are exchanged by.
  package static func eksAuth(_ exchange: CredentialExchange) -> ServedService {
    ServedService(.eksAuth, by: RESTJSONForm([AssumeRoleForPodIdentity(exchange: exchange)]))
  }
}
