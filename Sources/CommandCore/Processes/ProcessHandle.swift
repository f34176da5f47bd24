import CLinux
import Glibc
import Platform

/// One process of this machine: a signal reaches it or nobody, even where its number has become
/// another's since (pidfd_open(2)).
package final class ProcessHandle: Sendable {
  private let pid: pid_t
  /// Below 0 where the kernel or a container's filter knows no such descriptors; then the number
  /// must do.
  private let descriptor: Int32

  /// The process that has this number now; nil where none has, and for a number that means many
  /// processes, or the first of all (kill(2)).
  package init?(_ pid: Int32) {
    self.pid = pid
    descriptor = pid > 1 ? clinux_pidfd_open(pid) : -1
    guard pid > 1, descriptor >= 0 || kill(pid, 0) == 0 else { return nil }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Sends a signal; false where the process has ended or is not to be signalled by this user.
  @discardableResult
  package func send(_ signal: Int32) -> Bool {
    guard descriptor >= 0 else { return kill(pid, signal) == 0 }
    return clinux_pidfd_send_signal(descriptor, signal) == 0
  }

  /// Waits for its end, until a moment at most; whether it has ended, though its parent may not have
  /// taken note yet.
  package func end(by deadline: ContinuousClock.Instant) async -> Bool {
    await withCheckedContinuation { continuation in
      let wait: @Sendable () -> Void = { [self] in
        continuation.resume(returning: hasEnded(by: deadline))
      }
      // Those that are waited for may have all threads of the user: then this one waits.
      if Thread.start(wait) != 0 { wait() }
    }
  }

  private func hasEnded(by deadline: ContinuousClock.Instant) -> Bool {
    var process = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    while true {
      let left = max(deadline - .now, .zero).nanoseconds
      let milliseconds = Int32(clamping: (left + 999_999) / 1_000_000)
      // A number alone tells nothing when its process ends: it is looked at again and again.
      let pause = descriptor >= 0 ? milliseconds : min(milliseconds, 20)
      if poll(&process, 1, pause) > 0 || descriptor < 0 && !ProcessState.runs(pid) { return true }
      if milliseconds == 0 { return false }
    }
  }
}
