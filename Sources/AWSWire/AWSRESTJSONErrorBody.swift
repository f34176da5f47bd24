package import HTTP
package import JSON

/// Errors of the REST JSON protocol (EKS, EKS Auth): the code in `x-amzn-ErrorType`, the message in
/// the body.
package enum AWSRESTJSONErrorBody {
  /// The answer for an error; `members` are further members of the error's shape.
  package static func response(
    _ error: AWSError, requestID: String, members: JSONObject = [:]
  ) -> HTTPResponse {
    var body: JSONObject = ["message": .string(error.message)]
    for (name, value) in members { body[name] = value }
    return HTTPResponse(
      status: error.status,
      headers: [
        "Content-Type": "application/json", "x-amzn-RequestId": requestID,
        "x-amzn-ErrorType": error.code,
      ], body: .bytes(JSON.object(body).bytes()))
  }
}
