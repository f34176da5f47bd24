import AWSWire
import JSON
import Platform

/// Credentials of EKS Auth in the form that SDKs read.
struct AgentCredentials: Sendable {
  /// The body of the answer, keys in AWS's order.
  let body: [UInt8]
  let expires: Instant

  /// Builds the body from EKS Auth's answer.
  /// - Throws: the text that the pod sees where members are missing.
  init(_ answer: JSON) throws(UpstreamFailure) {
    let credentials = answer["credentials"]
    guard let key = credentials?["accessKeyId"]?.string,
      let secret = credentials?["secretAccessKey"]?.string,
      let token = credentials?["sessionToken"]?.string,
      let expiration = credentials?["expiration"]?.double,
      let role = answer.at("assumedRoleUser", "arn")?.string
    else {
      throw .local(
        "error getting credentials to cache: invalid response from server: credentials or assumed "
          + "role empty")
    }
    guard let arn = ARN(role) else {
      throw .local(
        "error getting credentials to cache: unable to parse arn from assumed role: arn: invalid "
          + "prefix")
    }
    guard answer["podIdentityAssociation"]?.object != nil else { throw .incomplete }
    let whole = expiration.rounded(.down)
    let fraction = Int64(((expiration - whole) * 1e9).rounded())
    expires = Instant(nanoseconds: Int64(whole) * 1_000_000_000 + fraction)
    var object = JSONObject()
    for (name, value) in [
      ("AccessKeyId", key), ("SecretAccessKey", secret), ("Token", token),
      ("AccountId", arn.account),
    ] where !value.isEmpty { object[name] = .string(value) }
    object["Expiration"] = .string(fraction == 0 ? expires.rfc3339 : expires.rfc3339Nano)
    body = JSON.object(object).bytes([.escapedHTML])
  }
}

/// Why EKS Auth gave no credentials.
enum UpstreamFailure: Error, Sendable, Hashable {
  /// EKS Auth's own error; the code is empty where the answer was none of its own.
  case answered(status: Int, requestID: String, code: String, message: String)
  /// It could not be reached, or did not answer in time.
  case unreachable(String)
  /// The answer is of no use; the text for the pod.
  case local(String)
  /// The answer names no association; AWS's agent dies over it and the pod gets no answer.
  case incomplete

  /// Errors after which kept credentials are dropped at once.
  private static let irrecoverable: Set<String> = [
    "ResourceNotFoundException", "ExpiredTokenException", "InvalidTokenException",
    "AccessDeniedException",
  ]
  private static let serverFaults: Set<String> = [
    "InternalServerException", "ServiceUnavailableException",
  ]
  private static let clientFaults: Set<String> = [
    "AccessDeniedException", "ExpiredTokenException", "InvalidTokenException",
    "InvalidParameterException", "InvalidRequestException", "ResourceNotFoundException",
    "ThrottlingException",
  ]

  /// Whether renewing has no prospect.
  var isIrrecoverable: Bool { Self.irrecoverable.contains(code) }

  /// The code of the error, `Unknown` where there is none.
  var code: String {
    if case .answered(_, _, let code, _) = self, !code.isEmpty { return code }
    return "Unknown"
  }

  /// Whether another try may help: throttling, server errors, no answer.
  var isTransient: Bool {
    switch self {
    case .answered(let status, _, _, _): status == 429 || status >= 500
    case .unreachable: true
    case .local, .incomplete: false
    }
  }

  /// The status that the pod sees.
  var status: Int {
    if case .answered(let status, _, _, _) = self { return status }
    return 500
  }

  /// The text that the pod sees.
  var text: String {
    switch self {
    case .answered(_, let id, "", _): return "[\(id)]"
    case .answered(_, let id, let code, let message):
      let fault =
        Self.serverFaults.contains(code)
        ? "server" : Self.clientFaults.contains(code) ? "client" : "unknown"
      return "[\(id)]: (\(code)): \(message), fault: \(fault)"
    case .unreachable: return "[]"
    case .local(let text): return text
    case .incomplete: return ""
    }
  }

  /// The reason for the operator.
  var reason: String {
    switch self {
    case .answered(_, _, let code, let message):
      code.isEmpty ? "EKS Auth's answer is none of its own" : "\(code): \(message)"
    case .unreachable(let reason): "EKS Auth is not reached: \(reason)"
    case .local(let text): text
    case .incomplete: "EKS Auth's answer names no association"
    }
  }
}
