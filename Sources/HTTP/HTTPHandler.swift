/// What answers requests.
///
/// The seam of every service: tests call it without a socket.
package protocol HTTPHandler: Sendable {
  /// Answers at once, on the loop's thread, without blocking; nil passes the request on to
  /// ``respond(to:)``.
  func immediateResponse(to request: HTTPRequest) -> HTTPResponse?

  /// How the body of a request is wanted; asked once the head of a request with a body is there,
  /// whose ``HTTPRequest/body`` is empty.
  ///
  /// It runs on the loop's thread and must not block.
  func bodyPlan(for request: HTTPRequest) -> HTTPBodyPlan

  /// Answers a request. It runs on the connection's loop: blocking work goes elsewhere.
  func respond(to request: HTTPRequest) async -> HTTPResponse
}

extension HTTPHandler {
  package func immediateResponse(to request: HTTPRequest) -> HTTPResponse? { nil }
  package func bodyPlan(for request: HTTPRequest) -> HTTPBodyPlan { .collect(limit: nil) }
}

/// A handler made of a closure.
package struct ClosureHandler: HTTPHandler {
  private let body: @Sendable (HTTPRequest) async -> HTTPResponse
  private let plan: HTTPBodyPlan

  /// A handler that calls `body`, and wants bodies as `plan` says.
  package init(
    plan: HTTPBodyPlan = .collect(limit: nil),
    _ body: @escaping @Sendable (HTTPRequest) async -> HTTPResponse
  ) {
    self.plan = plan
    self.body = body
  }

  package func bodyPlan(for request: HTTPRequest) -> HTTPBodyPlan { plan }

  package func respond(to request: HTTPRequest) async -> HTTPResponse { await body(request) }
}
