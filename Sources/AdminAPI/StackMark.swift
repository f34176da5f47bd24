import Cryptography
package import HTTP
import JSON
package import Platform

/// The header by which the stack's own calls are told from those of apps.
///
/// Its value is derived from the admin token, so that no app can hide what it was refused. Whoever
/// learns the value can mark calls, and nothing else: it opens no admin port.
package struct StackMark: Sendable {
  /// The header's name.
  ///
  /// SigV4 covers no header that the client does not name, so a mark can be put
  /// on a signed request.
  package static let header = "X-Podid-Origin"

  private let key: [UInt8]
  private let value: String

  /// The mark of the stack with this admin token.
  package init(adminToken: String) {
    key = Array(adminToken.utf8)
    value = Self.proof("calls", key: key)
  }

  /// A proof for one object, such as a pod that the stack makes for itself: worth nothing elsewhere.
  package func proof(of object: String) -> String { Self.proof("object \(object)", key: key) }

  private static func proof(_ text: String, key: [UInt8]) -> String {
    Hex.encode(HMACSHA256.code(Array("podid origin: \(text)".utf8), key: key))
  }

  /// Whether a text is the proof for an object.
  package func isProof(_ text: String, of object: String) -> Bool {
    constantTimeEqual(Array(text.utf8), Array(proof(of: object).utf8))
  }

  /// Marks a call that the stack makes for itself; one that is an app's doing stays as it is.
  package func put(on request: inout HTTPClientRequest) {
    guard EventOrigin.current == .stack else { return }
    request.headers[Self.header] = value
  }

  /// Whose doing a request is.
  package func origin(of request: HTTPRequest) -> EventOrigin {
    guard let given = request.headers[Self.header],
      constantTimeEqual(Array(given.utf8), Array(value.utf8))
    else { return .app }
    return .stack
  }
}

/// Stands in front of a handler and notes whose doing a request is, for the events about it.
package struct OriginReader: HTTPHandler {
  private let mark: StackMark
  private let next: any HTTPHandler

  /// A reader of marks in front of `next`.
  package init(mark: StackMark, next: any HTTPHandler) {
    self.mark = mark
    self.next = next
  }

  package func immediateResponse(to request: HTTPRequest) -> HTTPResponse? {
    guard mark.origin(of: request) == .stack else { return next.immediateResponse(to: request) }
    return EventOrigin.$current.withValue(.stack) { next.immediateResponse(to: request) }
  }

  package func bodyPlan(for request: HTTPRequest) -> HTTPBodyPlan { next.bodyPlan(for: request) }

  package func respond(to request: HTTPRequest) async -> HTTPResponse {
    guard mark.origin(of: request) == .stack else { return await next.respond(to: request) }
    return await EventOrigin.$current.withValue(.stack) { await next.respond(to: request) }
  }
}
