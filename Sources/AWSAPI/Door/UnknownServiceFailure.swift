import AWSWire
import HTTP
import JSON

/// A request for a service that is not here.
struct UnknownServiceFailure {
  let name: String

  /// The error: 4xx, so that no client tries again.
  var error: AWSError {
    AWSError(
      "UnknownOperationException", status: 404,
      "No service \(name) answers here; this address has sts, iam, eks and eks-auth.")
  }

  /// The error in the form that the request's own form suggests.
  func answer(to request: HTTPRequest) -> HTTPResponse {
    let type = request.headers["Content-Type"] ?? ""
    guard type.hasPrefix("application/x-www-form-urlencoded") else {
      // The JSON protocols look for the code in the body.
      return AWSRESTJSONErrorBody.response(
        error, requestID: request.id, members: ["__type": .string(error.code)])
    }
    return AWSQueryErrorBody.response(error, namespace: "", requestID: request.id)
  }
}

/// What clients of S3 are told where S3 does not listen.
enum S3ErrorAnswer {
  /// The answer.
  static func elsewhere(_ request: HTTPRequest) -> HTTPResponse {
    S3ErrorBody.response(
      AWSError(
        "NotImplemented", status: 400,
        "S3 does not answer here but at the address of --s3-listen; set "
          + "AWS_ENDPOINT_URL_S3."),
      resource: String(request.rawPath), requestID: request.id, hostID: request.id)
  }
}
