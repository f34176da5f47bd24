import Synchronization

/// A request on its way, and who waits for its answer.
///
/// It ends once: with the answer, a failure, the deadline or the cancellation of the task that
/// waits, whichever is first. What still works for it is stopped then.
final class ClientExchange: Sendable {
  let request: HTTPClientRequest
  /// In nanoseconds of the loop's clock; for streams it ends with the head.
  let deadline: UInt64
  /// Where a stream's pieces go; nil where the answer is collected.
  let pieces: BodyPieces?
  private let head: @Sendable (Int, HTTPHeaders) -> Void
  private let body: @Sendable ([UInt8]) -> Bool
  private let finish: @Sendable (HTTPClientError?) -> Void

  private struct State {
    var isOver = false
    /// Ends what works for the exchange at present.
    var stop: (@Sendable () -> Void)?
  }
  private let state = Mutex(State())

  /// An exchange; `head` gets status and fields, `body` each piece and says false when it is too
  /// much, `finish` is called once.
  init(
    _ request: HTTPClientRequest, deadline: UInt64, pieces: BodyPieces? = nil,
    head: @escaping @Sendable (Int, HTTPHeaders) -> Void,
    body: @escaping @Sendable ([UInt8]) -> Bool = { _ in true },
    finish: @escaping @Sendable (HTTPClientError?) -> Void
  ) {
    self.request = request
    self.deadline = deadline
    self.pieces = pieces
    self.head = head
    self.body = body
    self.finish = finish
  }

  /// Whether nobody waits any more.
  var isOver: Bool { state.withLock { $0.isOver } }

  /// Names what is to be stopped when the exchange ends early; false where it has ended.
  func proceed(stop: @escaping @Sendable () -> Void) -> Bool {
    state.withLock { state in
      if !state.isOver { state.stop = stop }
      return !state.isOver
    }
  }

  /// The answer's head has come.
  func begin(_ status: Int, _ headers: HTTPHeaders) { if !isOver { head(status, headers) } }

  /// A piece of a collected body has come; false where it is too much.
  func append(_ bytes: [UInt8]) -> Bool { isOver || body(bytes) }

  /// Ends the exchange, if nothing did before.
  func end(_ error: HTTPClientError?) {
    let isFirst = state.withLock { state in
      defer { (state.isOver, state.stop) = (true, nil) }
      return !state.isOver
    }
    if isFirst { finish(error) }
  }

  /// Ends the exchange and what works for it.
  func abandon(_ error: HTTPClientError) {
    let stop = state.withLock { $0.stop }
    end(error)
    stop?()
  }
}
