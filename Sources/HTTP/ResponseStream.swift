/// Why a piece of a streamed answer could not be sent: the other end has left.
package struct HTTPStreamClosed: Error, Sendable {}

/// The writer of one streamed answer, with back-pressure.
///
/// Safety: `@unchecked`: all its state is used on the loop's thread alone.
final class ResponseStream: HTTPBodyWriter, @unchecked Sendable {
  private let connection: ServerConnection
  private var waiting: [CheckedContinuation<Void, any Error>] = []

  init(connection: ServerConnection) { self.connection = connection }

  func write(_ bytes: [UInt8]) async throws {
    guard !bytes.isEmpty else { return }
    try Task.checkCancellation()
    try await withCheckedThrowingContinuation { continuation in
      connection.loop.execute { self.write(bytes, continuation) }
    }
  }

  private func write(_ bytes: [UInt8], _ continuation: CheckedContinuation<Void, any Error>) {
    guard connection.write(bytes, of: self) else {
      return continuation.resume(throwing: HTTPStreamClosed())
    }
    if connection.machine.holdsWriter {
      waiting.append(continuation)
    } else {
      continuation.resume()
    }
  }

  /// The other end took something.
  func resume() {
    let ready = waiting
    waiting = []
    for continuation in ready { continuation.resume() }
  }

  /// The connection is gone.
  func closed() {
    let left = waiting
    waiting = []
    for continuation in left { continuation.resume(throwing: HTTPStreamClosed()) }
  }
}
