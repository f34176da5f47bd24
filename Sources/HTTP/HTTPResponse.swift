package import JSON

/// A server's answer.
package struct HTTPResponse: Sendable {
  /// What follows the head.
  package enum Body: Sendable {
    /// All of it; the server writes Content-Length.
    case bytes([UInt8])
    /// Written piece by piece; chunked unless `length` says how much will come. The closure runs
    /// in a task of the connection and is cancelled when the other end leaves.
    case stream(length: Int?, @Sendable (any HTTPBodyWriter) async throws -> Void)
    /// No answer at all: the connection ends, as when a server's handler dies.
    case none
    /// No answer, and the connection ends with a TCP reset.
    case reset
    /// No answer for as long as the other end waits.
    case silence
  }

  package var status: Int
  /// Fields beyond Date, Content-Length, Transfer-Encoding and Connection, which the server writes.
  package var headers: HTTPHeaders
  package var body: Body

  /// An answer of these parts.
  package init(status: Int, headers: HTTPHeaders = [:], body: Body = .bytes([])) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// An answer of plain text.
  package static func text(
    _ status: Int, _ text: String, contentType: String = "text/plain; charset=utf-8"
  ) -> HTTPResponse {
    HTTPResponse(
      status: status, headers: ["Content-Type": contentType], body: .bytes(Array(text.utf8)))
  }

  /// An answer of a JSON value.
  package static func json(
    _ status: Int, _ value: JSON, contentType: String = "application/json"
  ) -> HTTPResponse {
    HTTPResponse(
      status: status, headers: ["Content-Type": contentType], body: .bytes(value.bytes()))
  }

  /// The bytes of a complete body; empty for a stream.
  package var bodyBytes: [UInt8] {
    guard case .bytes(let bytes) = body else { return [] }
    return bytes
  }
}

/// Where a streaming answer's pieces go.
package protocol HTTPBodyWriter: Sendable {
  /// Sends a piece and returns once there is room for more.
  /// - Throws: when the other end has left or reads too slowly.
  func write(_ bytes: [UInt8]) async throws
}
