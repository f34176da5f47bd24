import AWSClient
import AWSWire
import HTTP
import JSON
import Platform

/// What stands before a listener of aws-api in a trial: notes whose credentials each call is signed
/// with, and whether AWS took them.
struct AWSFront: HTTPHandler {
  /// The errors of those whose signature is not taken, in each protocol's words.
  private static let refusals: Set<ByteText> = [
    "ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "InvalidAccessKeyId",
    "UnrecognizedClientException", "SignatureDoesNotMatch", "InvalidSignatureException",
    "MissingAuthenticationToken", "MissingAuthenticationTokenException", "IncompleteSignature",
    "IncompleteSignatureException", "InvalidToken", "RequestTimeTooSkewed",
  ]

  let record: TrialRecord
  let aws: Forwarder
  let clock: any WallClock

  func respond(to request: HTTPRequest) async -> HTTPResponse {
    let time = clock.now
    let key = (try? SigV4Authorization(request))?.accessKeyID
    let answer = await aws.answer(to: request)
    if Self.tells(answer, method: request.method) {
      record.note(call: key, at: time, isAccepted: Self.isAccepted(answer))
    }
    return answer
  }

  /// Whether an answer says if the caller is known: without a body it does not name what it refuses.
  static func tells(_ answer: HTTPResponse, method: String) -> Bool {
    method.bytes != "HEAD" || !(400..<500).contains(answer.status) || answer.status == 404
  }

  /// Whether the caller is known, even where the call itself is denied or not served here.
  static func isAccepted(_ answer: HTTPResponse) -> Bool {
    guard answer.status >= 400 else { return true }
    guard answer.status < 500 || answer.status == 501 else { return false }
    let code = AWSErrorCode.read(answer.headers, answer.bodyBytes)
    return code.map { !refusals.contains($0.bytes) } ?? true
  }
}
