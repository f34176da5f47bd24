import JSON
import Synchronization

/// What was said last, so that a reason that lasts is told once.
final class LastLine: Sendable {
  private let line = Mutex<String?>(nil)

  /// Whether a line differs from the one before.
  func isNew(_ text: String) -> Bool {
    line.withLock { last in
      defer { last = text }
      return last?.bytes != text.bytes
    }
  }

  /// Lets the same line be told again.
  func forget() { line.withLock { $0 = nil } }
}
