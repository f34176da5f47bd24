package import Platform

/// Why a request's signature was not accepted, before any protocol words it.
package enum SigV4Failure: Error, Sendable, Hashable {
  /// The request is not signed at all.
  case missing
  /// Parts are missing; the sentence names each, as AWS does.
  case incomplete(String)
  /// The access key is unknown, or the session token is not ours or not this key's.
  case unknownKey
  /// The session token cannot be read.
  case malformedToken
  case wrongSignature(canonicalRequest: String, stringToSign: String)
  /// The scope names another service, or a date that is not the request's.
  case wrongScope(expectedService: String, given: SigV4Scope, isDate: Bool)
  case expired(request: Instant, now: Instant)
  case notYetCurrent(request: Instant, now: Instant)
  case presignExpired
  case sessionExpired
  /// The body is not what its announced digest says.
  case wrongPayload
}

/// The protocols that word refusals differently.
package enum AWSProtocol: Sendable, CaseIterable { case query, restJSON, s3 }

extension SigV4Failure {
  /// The refusal as a protocol words it.
  package func error(_ style: AWSProtocol) -> AWSError {
    switch style {
    case .query: queryError
    case .restJSON: restJSONError
    case .s3: s3Error
    }
  }

  private static let mismatch =
    "The request signature we calculated does not match the signature you provided. Check your "

  private var longMismatch: String {
    Self.mismatch + "AWS Secret Access Key and signing method. Consult the service documentation "
      + "for details."
  }

  private var skewText: String {
    switch self {
    case .expired(let request, let now):
      "Signature expired: \(request.basic) is now earlier than "
        + "\((now - .seconds(900)).basic) (\(now.basic) - 15 min.)"
    case .notYetCurrent(let request, let now):
      "Signature not yet current: \(request.basic) is still later than "
        + "\((now + .seconds(900)).basic) (\(now.basic) + 15 min.)"
    default: ""
    }
  }

  private static func scopeText(_ service: String, isDate: Bool, given: SigV4Scope) -> String {
    isDate
      ? "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP"
      : "Credential should be scoped to correct service: '\(service)'."
  }

  private var queryError: AWSError {
    switch self {
    case .missing:
      AWSError(
        "MissingAuthenticationToken", status: 403, "Request is missing Authentication Token")
    case .incomplete(let text): AWSError("IncompleteSignature", status: 400, text)
    case .unknownKey, .malformedToken:
      AWSError(
        "InvalidClientTokenId", status: 403,
        "The security token included in the request is invalid.")
    case .wrongSignature, .wrongPayload:
      AWSError("SignatureDoesNotMatch", status: 403, longMismatch)
    case .wrongScope(let service, let given, let isDate):
      AWSError(
        "SignatureDoesNotMatch", status: 403,
        Self.scopeText(service, isDate: isDate, given: given))
    case .expired, .notYetCurrent: AWSError("SignatureDoesNotMatch", status: 403, skewText)
    case .presignExpired: AWSError("AccessDenied", status: 403, "Request has expired")
    case .sessionExpired:
      AWSError("ExpiredToken", status: 403, "The security token included in the request is expired")
    }
  }

  private var restJSONError: AWSError {
    switch self {
    case .missing:
      AWSError("MissingAuthenticationTokenException", status: 403, "Missing Authentication Token")
    case .incomplete(let text): AWSError("IncompleteSignatureException", status: 400, text)
    case .unknownKey, .malformedToken:
      AWSError(
        "UnrecognizedClientException", status: 403,
        "The security token included in the request is invalid.")
    case .wrongSignature, .wrongPayload:
      AWSError("InvalidSignatureException", status: 403, longMismatch)
    case .wrongScope(let service, let given, let isDate):
      AWSError(
        "InvalidSignatureException", status: 403,
        Self.scopeText(service, isDate: isDate, given: given))
    case .expired, .notYetCurrent: AWSError("InvalidSignatureException", status: 403, skewText)
    case .presignExpired:
      AWSError("InvalidSignatureException", status: 403, "Signature expired: request has expired")
    case .sessionExpired:
      AWSError(
        "ExpiredTokenException", status: 403,
        "The security token included in the request is expired")
    }
  }

  private var s3Error: AWSError {
    switch self {
    case .missing: AWSError("AccessDenied", status: 403, "Access Denied")
    case .incomplete(let text):
      AWSError(
        "AuthorizationHeaderMalformed", status: 400,
        "The authorization header is malformed; \(text)")
    case .unknownKey:
      AWSError(
        "InvalidAccessKeyId", status: 403,
        "The AWS Access Key Id you provided does not exist in our records.")
    case .malformedToken:
      AWSError(
        "InvalidToken", status: 400, "The provided token is malformed or otherwise invalid.")
    case .wrongSignature:
      AWSError("SignatureDoesNotMatch", status: 403, Self.mismatch + "key and signing method.")
    case .wrongScope(let service, let given, let isDate):
      AWSError(
        "AuthorizationHeaderMalformed", status: 400,
        "The authorization header is malformed; "
          + (isDate
            ? "Invalid credential date \"\(given.date)\". This date is not the same as X-Amz-Date."
            : "incorrect service \"\(given.service)\". This endpoint belongs to \"\(service)\"."))
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
}
