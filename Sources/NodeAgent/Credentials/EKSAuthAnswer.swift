import AWSClient
import HTTP
import JSON

/// What an answer of `AssumeRoleForPodIdentity` says, read as AWS's SDK for Go reads it.
enum EKSAuthAnswer {
  /// The credentials of an answer; `cut` is what ended it before its end.
  /// - Throws: the refusal that it holds instead, or why it is of no use.
  static func credentials(
    in given: HTTPClientResponse, cut: HTTPClientError? = nil
  ) throws(UpstreamFailure) -> AgentCredentials {
    let response = decompressed(given)
    let id = response.headers["x-amzn-RequestId"] ?? response.headers["x-amz-RequestId"] ?? ""
    guard (200..<300).contains(response.status) else {
      guard cut == nil else {
        throw .cut(status: response.status, requestID: id, isLate: cut == .timedOut)
      }
      throw refusal(response, requestID: id)
    }
    // What follows the first value, or was announced and does not come, is not looked at.
    switch GoJSON.firstValue(of: response.body) {
    case .value(let json): return try AgentCredentials(json, requestID: id)
    case .nothing where cut == nil: return try AgentCredentials(.null, requestID: id)
    case .malformed:
      throw .answered(status: response.status, requestID: id, code: "", message: "")
    case .nothing, .unfinished:
      throw .cut(status: response.status, requestID: id, isLate: cut == .timedOut)
    }
  }

  /// The answer with its text in place of a compressed one; what is no gzip is not read as JSON either.
  private static func decompressed(_ response: HTTPClientResponse) -> HTTPClientResponse {
    guard let coding = response.headers["Content-Encoding"], HTTPHeaders.equal(coding, "gzip")
    else {
      return response
    }
    var plain = response
    plain.body = Gzip.text(of: response.body, limit: EKSAuthClient.bodyLimit) ?? response.body
    return plain
  }

  /// The error in an answer.
  private static func refusal(
    _ response: HTTPClientResponse, requestID: String
  ) -> UpstreamFailure {
    let unreadable = UpstreamFailure.answered(
      status: response.status, requestID: requestID, code: "", message: "")
    let body: JSON
    switch GoJSON.firstValue(of: response.body) {
    case .value(let json) where json.object != nil || json.isNull: body = json
    case .nothing: body = .null
    default: return unreadable
    }
    var texts: [ByteText: String] = [:]
    for (name, value) in body.object ?? [:] where !value.isNull {
      let name = name.bytes.asciiLowercased
      guard ["code", "message", "__type"].contains(name) else { continue }
      guard let text = value.string else { return unreadable }
      texts[name] = text
    }
    let header = response.headers["x-amzn-ErrorType"] ?? ""
    let named = [header, texts["code"] ?? "", texts["__type"] ?? ""].first { !$0.isEmpty }
    let code = named.map(AWSErrorCode.bare) ?? "UnknownError"
    if let code = UpstreamFailure.modelled(code) {
      return .answered(
        status: response.status, requestID: requestID, code: code,
        message: body["message"]?.string ?? "")
    }
    let message = texts["message"] ?? ""
    return .answered(
      status: response.status, requestID: requestID, code: code,
      message: message.isEmpty ? "UnknownError" : message)
  }
}
