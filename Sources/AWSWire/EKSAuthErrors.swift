/// Errors of EKS Auth, which the node agent hands on: what a fault can name at either (the service's
/// model, and the lists of common errors).
package enum EKSAuthErrors {
  package static let all: [AWSError] = [
    AWSError("ThrottlingException", status: 429, "Rate exceeded"),
    AWSError("InternalServerException", status: 500, "The service met an internal error."),
    AWSError("ServiceUnavailableException", status: 503, "The service is unavailable."),
    AWSError(
      "AccessDeniedException", status: 400,
      "Unauthorized Exception! EKS does not have permissions to assume the associated role."),
    AWSError(
      "ExpiredTokenException", status: 400, "The token included in the request is expired."),
    AWSError(
      "InvalidTokenException", status: 400, "The token included in the request is invalid."),
    AWSError("InvalidParameterException", status: 400, "A parameter is invalid."),
    AWSError("InvalidRequestException", status: 400, "The request is invalid."),
    AWSError(
      "ResourceNotFoundException", status: 404,
      "The token included in the request has no service account role association for it."),
  ]
}
