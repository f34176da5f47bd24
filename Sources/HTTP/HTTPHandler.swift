/// What answers requests.
///
/// The seam of every service: tests call it without a socket.
package protocol HTTPHandler: Sendable {
  /// Answers at once, on the loop's thread, without blocking; nil passes the request on to
  /// ``respond(to:)``.
  func immediateResponse(to request: HTTPRequest) -> HTTPResponse?

  /// Answers a request. It runs on the connection's loop: blocking work goes elsewhere.
  func respond(to request: HTTPRequest) async -> HTTPResponse
}

extension HTTPHandler {
  package func immediateResponse(to request: HTTPRequest) -> HTTPResponse? { nil }
}

/// A handler made of a closure.
package struct ClosureHandler: HTTPHandler {
  private let body: @Sendable (HTTPRequest) async -> HTTPResponse

  /// A handler that calls `body`.
  package init(_ body: @escaping @Sendable (HTTPRequest) async -> HTTPResponse) {
    self.body = body
  }

  package func respond(to request: HTTPRequest) async -> HTTPResponse { await body(request) }
}
