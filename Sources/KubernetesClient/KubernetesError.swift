import JSON

/// Why a request of the Kubernetes API did not succeed.
package enum KubernetesError: Error, Sendable, CustomStringConvertible {
  /// The API server said no: its Status.
  case refused(code: Int, reason: String, message: String)
  /// It is away, or what answers is no API server.
  case unavailable(String)

  /// The refusal in an answer's Status.
  init(status code: Int, body: JSON?) {
    guard let body, body["kind"] == "Status" else {
      self = .unavailable("the API server answers \(code)")
      return
    }
    self = .refused(
      code: code, reason: body["reason"]?.string ?? "", message: body["message"]?.string ?? "")
  }

  /// The HTTP status of a refusal.
  package var code: Int? {
    if case .refused(let code, _, _) = self { return code }
    return nil
  }

  package var description: String {
    switch self {
    case .refused(_, _, let message): message
    case .unavailable(let reason): reason
    }
  }
}
