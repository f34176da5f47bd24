import HTTP
import Synchronization

/// Cuts the pieces of a body into lines, wherever the pieces end.
final class LineSplitter: HTTPBodyWriter {
  /// The reader has left.
  struct Left: Error {}

  private let rest = Mutex<[UInt8]>([])
  private let lines: AsyncStream<String>.Continuation

  init(_ lines: AsyncStream<String>.Continuation) { self.lines = lines }

  func write(_ bytes: [UInt8]) async throws {
    let whole = rest.withLock { rest in
      rest += bytes
      var parts = rest.split(separator: 0x0A, omittingEmptySubsequences: false)
      rest = Array(parts.removeLast())
      return parts.map { String(decoding: $0, as: UTF8.self) }
    }
    for line in whole {
      if case .terminated = lines.yield(line) { throw Left() }
    }
  }
}
