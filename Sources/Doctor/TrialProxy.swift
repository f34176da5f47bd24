import HTTP
import JSON
import Platform

/// The proxy that NO_PROXY tells programs not to use: it notes who asks it for credentials.
///
/// It lets through what is for the trial's own servers, so that a program which asks it is told of
/// that alone; and nothing else.
struct TrialProxy: HTTPHandler {
  let record: TrialRecord
  /// The agent's host and port.
  let agent: String
  /// The trial's servers by their hosts and ports.
  let servers: [ByteText: any HTTPHandler]

  func respond(to request: HTTPRequest) async -> HTTPResponse {
    let url = HTTPURL(request.target)
    // Whoever asks for a tunnel names the place alone.
    let place = url?.place.text ?? request.target
    if place.bytes == agent.bytes { record.noteProxiedFetch() }
    guard let url, let server = servers[place.bytes] else {
      return .text(502, "podid doctor's proxy leads nowhere else\n")
    }
    var request = request
    request.target = url.target
    return await server.respond(to: request)
  }
}
