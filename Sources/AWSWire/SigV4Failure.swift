package import Platform

/// Why a request's signature was not accepted, before any protocol words it.
package enum SigV4Failure: Error, Sendable, Hashable {
  /// The request is not signed at all.
  case missing
  /// Parts are missing; the sentence names each, as AWS does.
  case incomplete(String)
  /// A presigned request without one of the parameters that it needs.
  case missingParameters
  /// Signed more than once: two Authorization fields, or one and the query.
  case severalSignatures
  /// `SignedHeaders` is no list that a signer makes; the sentence says why.
  case signedHeaders(String)
  /// These `x-amz-` fields are not signed.
  case unsignedFields([String])
  /// The scope names another region than this endpoint's.
  case wrongRegion(expected: String, given: String)
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
    case .s3: s3Error(isPresigned: false)
    }
  }

  /// The most bytes of a request's head that an error repeats, so that an answer is never many times
  /// the size of its request.
  package static let echoLimit = 16 << 10

  /// The text, cut where it is longer than ``echoLimit``.
  package static func echo(_ text: String) -> String {
    guard text.utf8.count > echoLimit else { return text }
    return String(decoding: text.utf8.prefix(echoLimit), as: UTF8.self) + "..."
  }

  private static let parameterText =
    "AWS query-string parameters must include 'X-Amz-Algorithm', 'X-Amz-Credential', "
    + "'X-Amz-Signature', 'X-Amz-SignedHeaders' and 'X-Amz-Date'. Re-examine the query-string "
    + "parameters."

  private static let severalText = "The request is signed more than once."

  private static func signText(_ names: [String]) -> String {
    names.map { "'\(echo($0))' must be a 'SignedHeader' in the AWS Authorization." }
      .joined(separator: " ")
  }

  static let mismatch =
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
    case .missingParameters: AWSError("IncompleteSignature", status: 400, Self.parameterText)
    case .severalSignatures: AWSError("IncompleteSignature", status: 400, Self.severalText)
    case .unsignedFields(let names):
      AWSError("SignatureDoesNotMatch", status: 403, Self.signText(names))
    case .wrongRegion(let expected, _):
      AWSError(
        "SignatureDoesNotMatch", status: 403,
        "Credential should be scoped to a valid region, such as '\(expected)'.")
    case .unknownKey, .malformedToken:
      AWSError(
        "InvalidClientTokenId", status: 403,
        "The security token included in the request is invalid.")
    case .wrongSignature, .wrongPayload, .signedHeaders:
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
    case .missingParameters:
      AWSError("IncompleteSignatureException", status: 400, Self.parameterText)
    case .severalSignatures:
      AWSError("IncompleteSignatureException", status: 400, Self.severalText)
    case .unsignedFields(let names):
      AWSError("InvalidSignatureException", status: 403, Self.signText(names))
    case .wrongRegion(let expected, _):
      AWSError(
        "InvalidSignatureException", status: 403,
        "Credential should be scoped to a valid region, such as '\(expected)'.")
    case .unknownKey, .malformedToken:
      AWSError(
        "UnrecognizedClientException", status: 403,
        "The security token included in the request is invalid.")
    case .wrongSignature, .wrongPayload, .signedHeaders:
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
}
