import AWSWire
import HTTP
import JSON

/// A request for a service that is not here.
struct UnknownServiceFailure {
  let name: String
  /// The names of the services that are here.
  let known: [String]

  /// The error: 4xx, so that no client tries again.
  var error: AWSError {
    AWSError(
      "UnknownOperationException", status: 404,
      "No service \(name) answers here; this address has \(list).")
  }

  /// The services that are here: `sts, iam and s3`.
  private var list: String {
    let first = known.dropLast().joined(separator: ", ")
    return first + (first.isEmpty ? "" : " and ") + (known.last ?? "")
  }

  /// The services whose clients read XML without having sent a form (botocore's service models,
  /// protocol rest-xml), by the names that they sign for.
  private static let restXML: Set<ByteText> = ["cloudfront", "route53"]

  /// The error in the form that the service and the request's own form suggest.
  func answer(to request: HTTPRequest) -> HTTPResponse {
    let type = request.headers["Content-Type"] ?? ""
    guard
      type.bytes.hasPrefix("application/x-www-form-urlencoded")
        || Self.restXML.contains(name.bytes)
    else {
      // The JSON protocols look for the code in the body.
      return AWSRESTJSONErrorBody.response(
        error, requestID: request.id, members: ["__type": .string(error.code)])
    }
    return AWSQueryErrorBody.response(error, namespace: "", requestID: request.id)
  }

  /// The answer where there is no memory to read for which operation the request is.
  func overloaded(_ request: HTTPRequest) -> HTTPResponse {
    AWSRESTJSONErrorBody.response(
      AWSError("ServiceUnavailableException", status: 503, "The service is unavailable."),
      requestID: request.id)
  }
}
