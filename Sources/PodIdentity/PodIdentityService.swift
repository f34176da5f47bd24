/// EKS Pod Identity as AWS names it.
package enum PodIdentityService {
  /// The service principal of trust policies, which is the audience of tokens as well.
  package static let name = "pods.eks.amazonaws.com"
}
