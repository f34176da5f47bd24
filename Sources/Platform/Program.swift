import CLinux
import Glibc
import JSON

/// The frame of a main.
package enum Program {
  /// Runs `body` and ends the process with the code that it returns, as
  /// ``StandardStreams/exitNow(_:)`` does.
  ///
  /// `answer` comes first, on the main thread: what needs no thread, such as a help or wrong usage;
  /// nil where that is not all. Then the main thread sleeps, where an `async` main would end it: its
  /// stack stays, which debuggers and profilers rely on. Nothing is to be asked of the main actor.
  package static func run(
    answer: () -> Int32?, _ body: @escaping @Sendable () async -> Int32
  ) -> Never {
    clinux_crash_silently()
    StandardStreams.fill()
    // A reader that has left is told by what write(2) returns.
    signal(SIGPIPE, SIG_IGN)
    if let code = answer() { StandardStreams.exitNow(code) }
    requireProcesses()
    StartLimits.require()
    // Each thread would get an arena of its own, touched once and never used again.
    clinux_limit_heap(2, 1 << 18)
    // Those of the pool and of the loops, and one each that waits for signals, a child and a database.
    Thread.require(min(sysconf(Int32(_SC_NPROCESSORS_ONLN)), 8) + 5)
    // Not exit(3): its handlers would take OpenSSL away from threads that still work.
    Task { StandardStreams.exitNow(await body()) }
    while true { pause() }
  }

  /// Ends the process with one line where /proc does not show it: Swift's pool of threads looks there
  /// for its own, and traps where it does not find them (libdispatch, workqueue.c).
  private static func requireProcesses() {
    var buffer = [CChar](repeating: 0, count: 16)
    let count = readlink("/proc/self", &buffer, buffer.count)
    let shown = buffer[..<max(0, count)].map { UInt8(bitPattern: $0) }
    guard shown != Array("\(getpid())".utf8) else { return }
    StandardStreams.writeError(
      "\(name): /proc does not show this process: mount it (mount -t proc proc /proc)")
    _exit(1)
  }

  /// The program's name, for lines that it prints before it knows more of itself.
  static var name: String {
    ProcessArguments.program.flatMap { $0.bytes.split(separator: "/").last.map(String.init) }
      ?? "podid"
  }

  /// Gives memory back to the system that starting took and nothing needs any more.
  package static func trim() { malloc_trim(0) }
}
