import Glibc

/// SIGTERM and SIGINT as something to wait for; SIGPIPE is ignored.
///
/// A handler writes each signal's number into a pipe, so that it does not matter which thread the
/// kernel chooses.
package enum TerminationSignals {
  private static let pipe: (reading: Int32, writing: Int32) = {
    var ends: [Int32] = [-1, -1]
    guard Glibc.pipe(&ends) == 0 else { return (-1, -1) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
  }()

  /// Catches the signals from now on: call first in a main.
  package static func prepare() {
    // Made now: the handler may only write.
    _ = pipe
    for number in [SIGTERM, SIGINT] {
      signal(number) { number in
        let code = errno
        var byte = UInt8(truncatingIfNeeded: number)
        _ = Glibc.write(TerminationSignals.pipe.writing, &byte, 1)
        errno = code
      }
    }
    signal(SIGPIPE, SIG_IGN)
    // A program that was put in its own place by a worker thread inherits that thread's mask.
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGTERM)
    sigaddset(&signals, SIGINT)
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
  }

  /// Lets the signals end the process again, for a program that has nothing to put in order.
  package static func release() {
    for number in [SIGTERM, SIGINT] { signal(number, SIG_DFL) }
    if let number = pending() { raise(number) }
  }

  /// A signal that has come already and that nobody waits for; nil where there is none.
  package static func pending() -> Int32? {
    var poll = pollfd(fd: pipe.reading, events: Int16(POLLIN), revents: 0)
    var byte: UInt8 = 0
    guard Glibc.poll(&poll, 1, 0) == 1, read(pipe.reading, &byte, 1) == 1 else { return nil }
    return Int32(byte)
  }

  /// Lets ``wait()`` return 0, as if a signal had come.
  package static func restart() {
    var byte: UInt8 = 0
    _ = Glibc.write(pipe.writing, &byte, 1)
  }

  /// Returns the number of the next of these signals, or 0 after ``restart()``.
  package static func wait() async -> Int32 {
    await withCheckedContinuation { continuation in
      Thread.run {
        var byte: UInt8 = 0
        while read(pipe.reading, &byte, 1) < 0 && errno == EINTR {}
        continuation.resume(returning: Int32(byte))
      }
    }
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
