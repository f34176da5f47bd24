/// The codes of all errors here, for who looks for events of one: a code that is none of them is a
/// spelling mistake.
enum ErrorCodes {
  /// In order.
  ///
  /// A test holds them against the tables of the services.
  static let all = [
    "AccessControlListNotSupported", "AccessDenied", "AccessDeniedException",
    "AuthorizationHeaderMalformed",
    "AuthorizationQueryParametersError", "BadDigest", "BadRequestException",
    "BucketAlreadyOwnedByYou", "BucketNotEmpty", "ClientException", "ConcurrentModification",
    "DeleteConflict", "EntityAlreadyExists", "EntityTooLarge", "ExpiredToken",
    "ExpiredTokenException", "IllegalLocationConstraintException", "IncompleteBody",
    "IncompleteSignature", "IncompleteSignatureException", "InternalError", "InternalFailure",
    "InternalServerException", "InvalidAccessKeyId", "InvalidAction", "InvalidArgument",
    "InvalidBucketAclWithObjectOwnership", "InvalidBucketName", "InvalidClientTokenId",
    "InvalidDigest", "InvalidInput",
    "InvalidLocationConstraint", "InvalidParameterException", "InvalidRange", "InvalidRequest",
    "InvalidRequestException", "InvalidSignatureException", "InvalidToken", "InvalidTokenException",
    "InvalidURI", "KeyTooLongError", "LimitExceeded", "MalformedInput", "MalformedPolicyDocument",
    "MalformedQueryString", "MalformedTrailerError", "MalformedXML", "MethodNotAllowed",
    "MissingAction", "MissingAuthenticationToken", "MissingAuthenticationTokenException",
    "MissingContentLength", "NoSuchBucket", "NoSuchEntity", "NoSuchKey", "NotFoundException",
    "NotImplemented", "PreconditionFailed", "RequestTimeTooSkewed", "RequestTimeout",
    "ResourceInUseException", "ResourceLimitExceededException", "ResourceNotFoundException",
    "SerializationException", "ServerException", "ServiceFailure", "ServiceUnavailable",
    "ServiceUnavailableException", "SignatureDoesNotMatch", "SlowDown", "Throttling",
    "ThrottlingException", "UnknownOperationException", "UnrecognizedClientException",
    "ValidationError", "XAmzContentSHA256Mismatch",
  ]
}
