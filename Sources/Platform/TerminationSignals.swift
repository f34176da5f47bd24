import CLinux
import Glibc
import Synchronization

/// SIGTERM and SIGINT as something to wait for; SIGPIPE is ignored.
package enum TerminationSignals {
  /// Blocks the signals in this thread, and so in every thread made later: call first in a main.
  package static func block() {
    var set = signalSet()
    pthread_sigmask(SIG_BLOCK, &set, nil)
    signal(SIGPIPE, SIG_IGN)
  }

  /// Returns the number of the first of these signals that arrives.
  package static func wait() async -> Int32 {
    await withCheckedContinuation { continuation in
      Thread.run {
        var set = signalSet()
        var signal: Int32 = 0
        while sigwait(&set, &signal) != 0 {}
        continuation.resume(returning: signal)
      }
    }
  }

  private static func signalSet() -> sigset_t {
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, SIGTERM)
    sigaddset(&set, SIGINT)
    return set
  }
}

/// A thread of its own, for what blocks.
package enum Thread {
  private final class Work: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  /// Runs `body` on a new detached thread.
  package static func run(_ body: @escaping @Sendable () -> Void) {
    let work = Unmanaged.passRetained(Work(body)).toOpaque()
    var thread = pthread_t()
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    let result = pthread_create(
      &thread, &attributes,
      { pointer in
        if let pointer { Unmanaged<Work>.fromOpaque(pointer).takeRetainedValue().body() }
        return nil
      }, work)
    pthread_attr_destroy(&attributes)
    if result != 0 { Unmanaged<Work>.fromOpaque(work).release() }
  }
}
