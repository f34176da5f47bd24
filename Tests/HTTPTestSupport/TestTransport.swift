// One test body for a handler in memory and for the same handler behind a real server: what differs
// between the two, such as framing, HEAD and refused bodies, is seen by one of them.

package import HTTP
import Platform

/// Where the requests of a test go.
package enum TestTransport: CaseIterable, Sendable {
  /// To the handler, which is called as a server calls it.
  case handler
  /// Over TCP to a server on a free port, sent by the client that the programs use.
  case live

  /// An answer on the wire was not what its handler gave.
  package struct Difference: Error, CustomStringConvertible {
    package let description: String
  }

  /// Serves a handler while `body` runs.
  ///
  /// `limits` are the server's.
  /// - Throws: what `body` throws; ``Difference`` where the wire had another answer than the handler
  ///   gave, or one that is framed wrongly.
  package func serve<Result>(
    _ handler: any HTTPHandler, limits: HTTPLimits = HTTPLimits(),
    _ body: (TestClient) async throws -> Result
  ) async throws -> Result {
    switch self {
    case .handler:
      return try await body(TestClient(HandlerCarrier(handler: handler, limits: limits)))
    case .live:
      let live = try LiveCarrier(handler: handler, limits: limits)
      do {
        let result = try await body(TestClient(live))
        await live.stop()
        if let difference = live.differences.first { throw Difference(description: difference) }
        return result
      } catch {
        await live.stop()
        throw error
      }
    }
  }
}

/// What brings requests to a handler, and its answers back.
protocol TestCarrier: Sendable {
  /// One exchange after the other.
  func exchange(_ request: HTTPRequest) async -> TestExchange

  /// The answer to a request whose body comes without an end; nil where there is none.
  func stream(_ request: HTTPRequest) async -> TestStream?

  /// On how many connections requests came; 0 where there are none.
  var connectionCount: Int { get }
}

extension HTTPResponse {
  /// Stands for an answer that did not come, or did not come whole.
  static let missing = HTTPResponse(status: 0, body: .none)

  /// Whether an answer of this status to this method has a body (RFC 9110 section 6.4.1).
  func hasBody(_ method: String) -> Bool {
    method != "HEAD" && status != 204 && status != 304 && status >= 200
  }
}
