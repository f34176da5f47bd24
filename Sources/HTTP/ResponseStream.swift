import Synchronization

/// Why a piece of a streamed answer could not be sent: the other end has left.
package struct HTTPStreamClosed: Error, Sendable {}

/// The writer of one streamed answer, with back-pressure.
///
/// Safety: `@unchecked`: all its state is used on the loop's thread alone.
final class ResponseStream: HTTPBodyWriter, @unchecked Sendable {
  private let connection: ServerConnection
  let isChunked: Bool
  let length: Int?
  private var written = 0
  private var waiting: [CheckedContinuation<Void, any Error>] = []
  private static let highWater = 256 << 10

  init(connection: ServerConnection, isChunked: Bool, length: Int?) {
    self.connection = connection
    self.isChunked = isChunked
    self.length = length
  }

  /// Whether as much was written as was announced.
  var isComplete: Bool { length.map { $0 == written } ?? true }

  func write(_ bytes: [UInt8]) async throws {
    guard !bytes.isEmpty else { return }
    try Task.checkCancellation()
    try await withCheckedThrowingContinuation { continuation in
      connection.loop.execute { self.write(bytes, continuation) }
    }
  }

  private func write(_ bytes: [UInt8], _ continuation: CheckedContinuation<Void, any Error>) {
    var piece = bytes
    if isChunked {
      piece = []
      piece.reserveCapacity(bytes.count + 16)
      HTTPResponseEncoder.writeChunk(bytes, into: &piece)
    }
    written += bytes.count
    guard length.map({ written <= $0 }) ?? true, connection.write(piece, of: self) else {
      return continuation.resume(throwing: HTTPStreamClosed())
    }
    if connection.backlog > Self.highWater {
      waiting.append(continuation)
    } else {
      continuation.resume()
    }
  }

  /// The other end took something.
  func drained(backlog: Int) {
    guard backlog <= Self.highWater / 2 else { return }
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
