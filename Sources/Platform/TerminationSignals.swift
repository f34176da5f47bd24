import Glibc
import Synchronization

/// SIGTERM, SIGINT, SIGHUP and SIGQUIT as something to wait for; SIGPIPE is ignored.
///
/// A handler writes each signal's number into a pipe, so that it does not matter which thread the
/// kernel chooses.
package enum TerminationSignals {
  private static let pipe = makePipe()
  /// The same again, for a thread that sees to it that the process ends.
  private static let watched = makePipe()

  private static func makePipe() -> (reading: Int32, writing: Int32) {
    var ends: [Int32] = [-1, -1]
    guard Glibc.pipe(&ends) == 0 else { Shortage.end(.descriptor("pipe"), errno) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    // The handler must not wait where nobody reads.
    _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
    return (ends[0], ends[1])
  }

  /// Whether a signal has been taken: whoever took it sees to the end.
  private static let isTaken = Atomic(false)
  /// How long a signal may wait to be taken, in seconds, before the process ends without.
  private static let patience: UInt32 = 4

  /// Catches the signals from now on: call first in a main.
  package static func prepare() {
    // Made now: the handler may only write.
    _ = (pipe, watched)
    _ = isTaken.load(ordering: .relaxed)
    for number in numbers {
      // Under nohup, a terminal that closes is no reason to end.
      if number == SIGHUP, isIgnored(number) { continue }
      signal(number) { number in
        let code = errno
        var byte = UInt8(truncatingIfNeeded: number)
        _ = Glibc.write(TerminationSignals.pipe.writing, &byte, 1)
        _ = Glibc.write(TerminationSignals.watched.writing, &byte, 1)
        // A process whose threads are all stuck takes none: SIGALRM ends it then.
        if !TerminationSignals.isTaken.load(ordering: .relaxed) {
          alarm(TerminationSignals.patience)
        }
        errno = code
      }
    }
    signal(SIGPIPE, SIG_IGN)
    // A program that was put in its own place by a worker thread inherits that thread's mask.
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in numbers { sigaddset(&signals, number) }
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
  }

  private static let numbers = [SIGTERM, SIGINT, SIGHUP, SIGQUIT]

  private static func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    guard sigaction(number, nil, &action) == 0 else { return false }
    return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
      == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  /// Lets the signals end the process again, for a program that has nothing to put in order.
  package static func release() {
    for number in numbers where !isIgnored(number) { signal(number, SIG_DFL) }
    if let number = pending() { raise(number) }
  }

  /// A signal that has come already and that nobody waits for; nil where there is none.
  package static func pending() -> Int32? {
    var poll = pollfd(fd: pipe.reading, events: Int16(POLLIN), revents: 0)
    var byte: UInt8 = 0
    guard Glibc.poll(&poll, 1, 0) == 1, read(pipe.reading, &byte, 1) == 1 else { return nil }
    take()
    return Int32(byte)
  }

  /// Lets ``wait()`` return 0, as if a signal had come.
  package static func restart() {
    var byte: UInt8 = 0
    _ = Glibc.write(pipe.writing, &byte, 1)
  }

  /// Calls `body` with each of these signals as it comes, on a thread of its own, whatever the
  /// process does besides.
  package static func watch(_ body: @escaping @Sendable (Int32) -> Void) {
    Thread.run {
      while true {
        var byte: UInt8 = 0
        let count = read(watched.reading, &byte, 1)
        if count == 1 { body(Int32(byte)) } else if count == 0 || errno != EINTR { return }
      }
    }
  }

  /// Returns the number of the next of these signals, or 0 after ``restart()``.
  package static func wait() async -> Int32 {
    let number = await withCheckedContinuation { continuation in
      Thread.run {
        var byte: UInt8 = 0
        while read(pipe.reading, &byte, 1) < 0 && errno == EINTR {}
        continuation.resume(returning: Int32(byte))
      }
    }
    // Here, and not on the thread: that a task goes on is what was to be seen.
    take()
    return number
  }

  private static func take() {
    isTaken.store(true, ordering: .relaxed)
    alarm(0)
  }
}
