import Glibc

/// The time that this thread has computed, which does not pass while other programs have the
/// processors: what is measured by it holds on a busy machine too.
package struct ProcessorTime: Sendable {
  private let start = Self.now

  /// Begins to measure.
  package init() {}

  /// What this thread has computed since.
  package var passed: Duration { Self.now - start }

  private static var now: Duration {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }
}
