import JSON

/// Why EKS Auth gave no credentials.
enum UpstreamFailure: Error, Sendable {
  /// EKS Auth's own error; the code is empty where its body could not be read.
  case answered(status: Int, requestID: String, code: String, message: String)
  /// An answer that broke off, or was not whole in time.
  case cut(status: Int, requestID: String, isLate: Bool)
  /// It could not be reached.
  case unreachable(String)
  /// It did not answer in time.
  case timedOut(String)
  /// Whoever asked has hung up.
  case abandoned
  /// The answer is of no use; the text for the pod.
  case local(String)
  /// The answer lacks what AWS's agent takes for granted: it dies over it, and the pod gets no answer.
  case incomplete

  /// EKS Auth's errors, as its model has them, with whose fault each is.
  private static let model: [(code: String, fault: String)] = [
    ("AccessDeniedException", "client"), ("ExpiredTokenException", "client"),
    ("InternalServerException", "server"), ("InvalidParameterException", "client"),
    ("InvalidRequestException", "client"), ("InvalidTokenException", "client"),
    ("ResourceNotFoundException", "client"), ("ServiceUnavailableException", "server"),
    ("ThrottlingException", "client"),
  ]
  /// Errors after which kept credentials are dropped at once.
  private static let irrecoverable: Set<ByteText> = [
    "ResourceNotFoundException", "ExpiredTokenException", "InvalidTokenException",
    "AccessDeniedException",
  ]

  /// The model's spelling of a code, which the SDK knows in any case; nil where it has none.
  static func modelled(_ code: String) -> String? {
    let folded = code.bytes.asciiLowercased
    return model.first { $0.code.bytes.asciiLowercased == folded }?.code
  }

  /// Whether renewing has no prospect.
  var isIrrecoverable: Bool { Self.irrecoverable.contains(code.bytes) }

  /// Whether AWS's agent dies over it, so that the pod gets no answer.
  var isFatal: Bool {
    if case .incomplete = self { true } else { false }
  }

  /// The code of the error, `Unknown` where there is none.
  var code: String {
    if case .answered(_, _, let code, _) = self, !code.isEmpty { return code }
    return "Unknown"
  }

  /// The status that the pod sees: EKS Auth's own, if an answer with a body can have it.
  var status: Int {
    switch self {
    case .answered(let status, _, _, _), .cut(let status, _, _):
      // Differs from AWS: its agent hands on 101 and 304 as well, which are no answer to a GET.
      status < 200 || status == 204 || status == 304 ? 500 : status
    case .unreachable, .timedOut, .abandoned, .local, .incomplete: 500
    }
  }

  /// The text that the pod sees.
  var text: String {
    switch self {
    case .answered(_, let id, let code, _) where code.isEmpty: return "[\(id)]"
    case .answered(_, let id, let code, let message):
      let fault = Self.model.first { $0.code.bytes == code.bytes }?.fault ?? "unknown"
      return "[\(id)]: (\(code)): \(message), fault: \(fault)"
    case .cut(_, let id, _): return "[\(id)]"
    case .unreachable, .timedOut, .abandoned: return "[]"
    case .local(let text): return text
    case .incomplete: return ""
    }
  }

  /// The reason for the operator.
  var reason: String {
    switch self {
    case .answered(_, _, let code, let message):
      code.isEmpty ? "EKS Auth's answer is none of its own" : "\(code): \(message)"
    case .cut(let status, _, let isLate):
      "EKS Auth's answer (\(status)) " + (isLate ? "was not whole in time" : "broke off")
    case .unreachable(let reason), .timedOut(let reason): "EKS Auth is not reached: \(reason)"
    case .abandoned: "the caller hung up before EKS Auth answered"
    case .local(let text): text
    case .incomplete: "EKS Auth's answer lacks members of credentials, role or association"
    }
  }
}
