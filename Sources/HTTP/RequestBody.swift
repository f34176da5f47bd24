/// The reader of one streamed request body; what waits for it lies in the connection's machine.
///
/// Safety: `@unchecked`: all its state is used on the loop's thread alone.
final class RequestBody: HTTPBodyReader, @unchecked Sendable {
  typealias Outcome = Result<[UInt8]?, HTTPBodyFailure>

  private let connection: ServerConnection
  private var waiting: CheckedContinuation<Outcome, Never>?
  /// How the body ended; nil while it goes on.
  private var outcome: Outcome?

  init(connection: ServerConnection) { self.connection = connection }

  func next() async throws(HTTPBodyFailure) -> [UInt8]? {
    let outcome = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        connection.loop.execute { self.take(continuation) }
      }
    } onCancel: {
      connection.loop.execute { self.leave() }
    }
    return try outcome.get()
  }

  private func take(_ continuation: CheckedContinuation<Outcome, Never>) {
    if let outcome { return continuation.resume(returning: outcome) }
    guard waiting == nil else { return continuation.resume(returning: .failure(.closed)) }
    waiting = continuation
    connection.machine.bodyWanted(now: EventLoop.now())
    connection.run()
  }

  /// The reader's task was cancelled.
  private func leave() {
    end(.failure(.closed))
    if connection.body === self { connection.machine.bodyLeft() }
  }

  /// Hands over a piece to the handler that waits for it.
  func give(_ piece: HTTPRequestParser.Piece) {
    if piece.isLast { outcome = .success(nil) }
    let reader = waiting
    waiting = nil
    reader?.resume(returning: .success(piece.bytes.isEmpty ? nil : piece.bytes))
  }

  /// Ends the body, unless it has ended.
  func end(_ last: Outcome) {
    if outcome == nil { outcome = last }
    let reader = waiting
    waiting = nil
    if let outcome { reader?.resume(returning: outcome) }
  }
}
