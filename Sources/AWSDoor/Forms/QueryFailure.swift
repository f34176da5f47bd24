package import AWSWire
import HTTP

/// What the query protocol refuses before any operation is known.
package enum QueryFailure {
  case missingAction
  case unknownAction(String, version: String)
  case notByPost(String)
  case tooManyParameters

  /// The refusal.
  var refusal: Refusal {
    switch self {
    case .missingAction: Self.make("MissingAction", "The request has no parameter Action.")
    case .unknownAction(let action, let version):
      Self.make("InvalidAction", "Could not find operation \(action) for version \(version)")
    case .notByPost(let action):
      Self.make("InvalidAction", "The operation \(action) is answered by POST only.")
    case .tooManyParameters:
      Self.make(
        "MalformedQueryString",
        "The query string has more than \(QueryParameters.limit) parameters.")
    }
  }

  /// The errors that every service of the protocol can have, for faults.
  package static let common: [AWSError] = [
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
  ]

  private static func make(_ code: String, _ message: String) -> Refusal {
    Refusal(AWSError(code, status: 400, message))
  }
}
