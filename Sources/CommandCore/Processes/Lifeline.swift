import CLinux
import Glibc

/// A descriptor for a child that ends when this process does, however it does: so that the child can
/// end as well.
package final class Lifeline: Sendable {
  /// What the child reads; whoever starts the child closes it then.
  package let inherited: Int32
  private let held: Int32

  /// A line that lasts as long as this value.
  package init() throws(CommandFailure) {
    var ends: [Int32] = [0, 0]
    // Nobody else may have the other end, not even a child that is started right now.
    guard clinux_pipe(&ends) == 0 else {
      throw CommandFailure("no pipe: \(String(cString: strerror(errno)))")
    }
    (inherited, held) = (ends[0], ends[1])
  }

  /// Sends a byte along it.
  func say(_ byte: UInt8) {
    var byte = byte
    _ = write(held, &byte, 1)
  }

  deinit { close(held) }
}
