/// The operations that events name, by the APIs' own names.
///
/// kubernetes-api also has a verb and a resource, such as `watch pods`, for what a fault met.
package enum EventOperation {
  // node-agent
  package static let getCredentials = "GetCredentials"
  package static let volumesWritten = "VolumesWritten"
  package static let volumesRenewed = "VolumesRenewed"
  package static let podRemoved = "PodRemoved"

  // kubernetes-api
  package static let tokenRequest = "TokenRequest"
  package static let tokenReview = "TokenReview"
  package static let keys = "JWKS"
  package static let discovery = "OpenIDConfiguration"
  /// Somebody called with a token that is nobody's.
  package static let authenticate = "Authenticate"
  package static let podIdentityMutation = "PodIdentityMutation"
  package static let annotationAssociation = "AnnotationAssociation"

  // aws-api, beside those of its services (``AWSOperations``)
  package static let assumeRoleForPodIdentity = "AssumeRoleForPodIdentity"
  /// A request at S3's address that is none of its operations.
  package static let unknownOfS3 = "S3"
  /// A request of a service that is not here, or of no operation.
  package static let unknown = "unknown"

  /// All of these.
  package static let all = [
    getCredentials, volumesWritten, volumesRenewed, podRemoved, tokenRequest, tokenReview, keys,
    discovery, authenticate, podIdentityMutation, annotationAssociation, assumeRoleForPodIdentity,
    unknownOfS3, unknown,
  ]
}
