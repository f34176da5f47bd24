import HTTP
import JSON
import Platform

/// What stands before the agent in a trial: notes each request for credentials, lets the first one
/// meet the trial's fault, and hands the rest on.
///
/// Which hosts are answered for, and that no web page is, the agent behind it judges, with its
/// tolerance for the ways in which SDKs write an IPv6 address.
///
/// A token that is missing or has `Bearer` in front is put right on the way, so that one mistake
/// fails the probe that is about it, and no other.
struct AgentFront: HTTPHandler {
  static let path = "/v1/credentials"

  let fault: TrialFault?
  let tokenFile: String
  let record: TrialRecord
  let agent: Forwarder
  /// Called when a request meets the restart.
  let restart: @Sendable () -> Void

  func respond(to request: HTTPRequest) async -> HTTPResponse {
    guard request.rawPath.bytes == Self.path.bytes else { return await agent.answer(to: request) }
    let token = PresentedToken(request.headers.all("Authorization"))
    let current = CurrentToken(path: tokenFile)
    let (number, meetsFault) = record.note(
      fetch: token, current: current, hasFault: fault != nil)
    if meetsFault, let fault {
      switch fault {
      case .status(let status, let text):
        record.note(answer: status, body: [], to: number)
        return .text(status, "[\(request.id)]: \(text)\n")
      case .restart:
        restart()
        // The connection ends with the listener.
        return HTTPResponse(status: 500, body: .silence)
      }
    }
    var request = request
    switch token.form {
    case .missing: request.headers["Authorization"] = current?.text
    case .bearer: request.headers["Authorization"] = token.text
    case .raw, .other: break
    }
    let answer = await agent.answer(to: request)
    record.note(answer: answer.status, body: answer.bodyBytes, to: number)
    return answer
  }
}
