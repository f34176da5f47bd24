import HTTP
import Platform

/// The proxy that NO_PROXY tells programs not to use: it notes who asks it for credentials, and
/// lets nothing through.
struct ProxyTrap: HTTPHandler {
  let record: TrialRecord
  /// The agent's host and port, as a proxy would be told.
  let agent: String

  func respond(to request: HTTPRequest) async -> HTTPResponse {
    let place =
      request.method == "CONNECT"
      ? request.target : HTTPURL(request.target)?.place.text ?? request.headers["Host"] ?? ""
    if place == agent { record.noteProxiedFetch() }
    return .text(502, "podid doctor's proxy lets nothing through\n")
  }
}
