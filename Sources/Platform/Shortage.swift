import Glibc
import Synchronization

/// Something that every program needs and that the kernel does not give: nothing can go on.
package enum Shortage {
  /// What is lacking.
  package enum Kind: Sendable {
    case thread
    /// What a thread waits with, such as epoll(7), eventfd(2) or a pipe.
    case descriptor(String)
  }

  private static let last = Mutex<(@Sendable () -> Void)?>(nil)

  /// Has something done before the process ends so, such as ending the programs that it started.
  package static func beforeEnd(_ body: @escaping @Sendable () -> Void) {
    last.withLock { $0 = body }
  }

  /// Ends the process with code 1 and one line on standard error that names the cause, an error number
  /// of C, and the limit to raise.
  package static func end(_ kind: Kind, _ code: Int32) -> Never {
    StandardStreams.writeError(PrintedLine(line(kind, code)))
    // Once: what is done may lack the same.
    let body = last.withLock { last in
      defer { last = nil }
      return last
    }
    body?()
    _exit(1)
  }

  static func line(_ kind: Kind, _ code: Int32) -> String {
    let (failure, limit) =
      switch kind {
      case .thread:
        (
          "cannot start a thread",
          "raise the pids limit (ulimit -u) or the memory limit (ulimit -v)"
        )
      case .descriptor(let call): ("\(call) fails", "raise the limit of open files (ulimit -n)")
      }
    return "\(Program.name): \(failure): \(String(cString: strerror(code))); \(limit)"
  }
}
