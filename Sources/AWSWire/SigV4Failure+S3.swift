extension SigV4Failure {
  /// The refusal as S3 words it; a presigned request is told of its parameters instead of its header.
  package func s3Error(isPresigned: Bool) -> AWSError {
    switch self {
    case .missing: AWSError("AccessDenied", status: 403, "Access Denied")
    case .incomplete(let text): Self.malformed(text, isPresigned)
    case .missingParameters:
      AWSError(
        "AuthorizationQueryParametersError", status: 400,
        "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, "
          + "X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.")
    case .severalSignatures:
      AWSError(
        "InvalidArgument", status: 400,
        "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature "
          + "query string parameter or the Authorization header should be specified")
    case .unsignedFields:
      AWSError(
        "AccessDenied", status: 403,
        "There were headers present in the request which were not signed")
    case .wrongRegion(let expected, let given):
      Self.malformedCredential(Self.regionText(given, expected), isPresigned)
    case .unknownKey:
      AWSError(
        "InvalidAccessKeyId", status: 403,
        "The AWS Access Key Id you provided does not exist in our records.")
    case .malformedToken:
      AWSError(
        "InvalidToken", status: 400, "The provided token is malformed or otherwise invalid.")
    case .wrongSignature, .signedHeaders:
      AWSError("SignatureDoesNotMatch", status: 403, Self.mismatch + "key and signing method.")
    case .wrongScope(let service, let given, let isDate):
      Self.malformedCredential(
        isDate
          ? "Invalid credential date \"\(Self.echo(given.date))\". This date is not the same as "
            + "X-Amz-Date."
          : "incorrect service \"\(Self.echo(given.service))\". This endpoint belongs to "
            + "\"\(service)\".", isPresigned)
    case .expired, .notYetCurrent:
      AWSError(
        "RequestTimeTooSkewed", status: 403,
        "The difference between the request time and the current time is too large.")
    case .presignExpired: AWSError("AccessDenied", status: 403, "Request has expired")
    case .sessionExpired: AWSError("ExpiredToken", status: 400, "The provided token has expired.")
    case .wrongPayload:
      AWSError(
        "XAmzContentSHA256Mismatch", status: 400,
        "The provided 'x-amz-content-sha256' header does not match what was computed.")
    }
  }

  private static func malformed(_ text: String, _ isPresigned: Bool) -> AWSError {
    isPresigned
      ? AWSError("AuthorizationQueryParametersError", status: 400, text)
      : AWSError(
        "AuthorizationHeaderMalformed", status: 400,
        "The authorization header is malformed; \(text)")
  }

  private static func malformedCredential(_ text: String, _ isPresigned: Bool) -> AWSError {
    malformed(
      isPresigned ? "Error parsing the X-Amz-Credential parameter; \(text)" : text, isPresigned)
  }

  private static func regionText(_ given: String, _ expected: String) -> String {
    "the region '\(echo(given))' is wrong; expecting '\(expected)'"
  }
}
