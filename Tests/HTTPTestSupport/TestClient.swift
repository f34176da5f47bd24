package import HTTP

/// An answer as a client has it.
package struct TestExchange: Sendable {
  /// The status, the fields that the handler wrote, and the whole body as `.bytes`; status 0 where no
  /// answer came, or one that broke off.
  package let response: HTTPResponse
  /// The length that the head announces; nil for chunks and where there is no body.
  package let length: Int?
}

/// Sends requests to a handler by a ``TestTransport``, one after the other.
///
/// It is a handler itself, so that it takes the place of the one that tests call.
package struct TestClient: HTTPHandler {
  private let carrier: any TestCarrier

  init(_ carrier: any TestCarrier) { self.carrier = carrier }

  package func respond(to request: HTTPRequest) async -> HTTPResponse {
    await carrier.exchange(request).response
  }

  /// The answer with what its head says of its length.
  package func exchange(_ request: HTTPRequest) async -> TestExchange {
    await carrier.exchange(request)
  }

  /// An answer that comes line by line, such as a watch; nil where there is none.
  package func stream(_ request: HTTPRequest) async -> TestStream? {
    await carrier.stream(request)
  }

  /// On how many connections the requests came; 0 where no connection is made.
  package var connectionCount: Int { carrier.connectionCount }
}

/// An answer whose body comes without an end, until ``hangUp()``.
package struct TestStream: Sendable {
  package let status: Int
  package let headers: HTTPHeaders
  /// The lines of the body, without their ends; for one reader.
  package let lines: AsyncStream<String>
  private let continuation: AsyncStream<String>.Continuation

  /// Reads the lines of what `produce` hands on; its task is cancelled when nobody reads any more.
  init(
    status: Int, headers: HTTPHeaders,
    _ produce: @escaping @Sendable (LineSplitter) async throws -> Void
  ) {
    self.status = status
    self.headers = headers
    let (lines, continuation) = AsyncStream<String>.makeStream()
    self.lines = lines
    self.continuation = continuation
    let task = Task {
      try? await produce(LineSplitter(continuation))
      continuation.finish()
    }
    continuation.onTermination = { _ in task.cancel() }
  }

  /// Reads no more, as a client that leaves.
  package func hangUp() { continuation.finish() }
}
