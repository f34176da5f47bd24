import Synchronization

/// How a handler wants the body of a request.
package enum HTTPBodyPlan: Sendable, Hashable {
  /// Complete, with the request; a body longer than `limit` bytes (nil: ``HTTPLimits/body``) is
  /// answered 413 before the handler is called.
  case collect(limit: Int?)
  /// Piece by piece from ``HTTPRequest/bodyReader``, of any length; the handler is called at once.
  case stream
}

/// Why a streamed body comes to no end.
package enum HTTPBodyFailure: Error, Sendable, Hashable {
  /// The other end has left, the answer was given, or the reader's task was cancelled.
  case closed
  /// The body is no valid chunked coding; the server has answered 400.
  case malformed
  /// The other end sends too slowly; the server has answered 408.
  case tooSlow
}

/// The pieces of a request's body, in order.
package protocol HTTPBodyReader: Sendable {
  /// The next piece, at most 64 KiB and never empty; nil at the end.
  ///
  /// One caller at a time. What is not read when the answer is given is read no more, and the
  /// connection ends behind the answer unless only little is left. The first call makes a client
  /// that waits for `100 Continue` send.
  func next() async throws(HTTPBodyFailure) -> [UInt8]?
}

/// A body that is in memory, as pieces.
package final class HTTPBodyBytes: HTTPBodyReader {
  private let rest: Mutex<ArraySlice<UInt8>>
  private let pieceSize: Int

  /// The pieces of some bytes.
  package init(_ bytes: [UInt8], pieceSize: Int = 64 << 10) {
    rest = Mutex(bytes[...])
    self.pieceSize = pieceSize
  }

  package func next() async throws(HTTPBodyFailure) -> [UInt8]? {
    rest.withLock { rest in
      guard !rest.isEmpty else { return nil }
      defer { rest = rest.dropFirst(pieceSize) }
      return Array(rest.prefix(pieceSize))
    }
  }
}
