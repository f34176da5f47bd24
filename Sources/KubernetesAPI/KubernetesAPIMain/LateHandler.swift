import HTTP
import Synchronization

/// A handler that is known only after its listener is bound; until then the answer is 503.
final class LateHandler: HTTPHandler {
  private let handler = Mutex<(any HTTPHandler)?>(nil)

  /// Sets who answers from now on.
  func set(_ next: any HTTPHandler) { handler.withLock { $0 = next } }

  func immediateResponse(to request: HTTPRequest) -> HTTPResponse? {
    handler.withLock { $0 }?.immediateResponse(to: request)
  }

  func respond(to request: HTTPRequest) async -> HTTPResponse {
    guard let next = handler.withLock({ $0 }) else {
      return HTTPResponse(status: 503, headers: ["Retry-After": "1"])
    }
    return await next.respond(to: request)
  }
}
