/// Errors that AWS answers with when something is wrong on its side or with the credentials, by
/// their codes: what a fault can name (service models, and the lists of common errors).
package enum KnownErrors {
  private static let eksAuth: [AWSError] = [
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
  private static let eks: [AWSError] = [
    AWSError("ThrottlingException", status: 429, "Rate exceeded"),
    AWSError("ServerException", status: 500, "The service met an internal error."),
    AWSError("ServiceUnavailableException", status: 503, "The service is unavailable."),
    AWSError("AccessDeniedException", status: 403, "Access is denied."),
    AWSError("ResourceNotFoundException", status: 404, "The resource does not exist."),
    AWSError("ResourceInUseException", status: 409, "The resource is in use."),
    AWSError("InvalidParameterException", status: 400, "A parameter is invalid."),
    AWSError("ClientException", status: 400, "The request cannot be served."),
  ]
  private static let query: [AWSError] = [
    AWSError("Throttling", status: 400, "Rate exceeded"),
    AWSError("ServiceUnavailable", status: 503, "The service is unavailable."),
    AWSError("ServiceFailure", status: 500, "The service met an internal error."),
    AWSError("InternalFailure", status: 500, "The service met an internal error."),
    AWSError("AccessDenied", status: 403, "Access is denied."),
    AWSError(
      "ExpiredToken", status: 403, "The security token included in the request is expired"),
    AWSError(
      "InvalidClientTokenId", status: 403,
      "The security token included in the request is invalid."),
    AWSError("NoSuchEntity", status: 404, "The entity cannot be found."),
    AWSError("LimitExceeded", status: 409, "A limit is exceeded."),
    AWSError("ConcurrentModification", status: 409, "The entity is being modified."),
  ]
  private static let s3: [AWSError] = [
    AWSError("SlowDown", status: 503, "Please reduce your request rate."),
    AWSError(
      "InternalError", status: 500, "We encountered an internal error. Please try again."),
    AWSError("ServiceUnavailable", status: 503, "Please reduce your request rate."),
    AWSError("AccessDenied", status: 403, "Access Denied"),
    AWSError("ExpiredToken", status: 400, "The provided token has expired."),
    AWSError("NoSuchBucket", status: 404, "The specified bucket does not exist"),
    AWSError("NoSuchKey", status: 404, "The specified key does not exist."),
    AWSError(
      "RequestTimeout", status: 400,
      "Your socket connection to the server was not read from or written to within the timeout "
        + "period."),
    AWSError(
      "RequestTimeTooSkewed", status: 403,
      "The difference between the request time and the current time is too large."),
  ]

  /// The error of a code at a service (`eks-auth`, `eks`, `sts`, `iam`, `s3`).
  package static func error(_ code: String, of service: String) -> AWSError? {
    let errors =
      switch service {
      case "eks-auth": eksAuth
      case "eks": eks
      case "s3": s3
      default: query
      }
    return errors.first { $0.code == code }
  }
}
