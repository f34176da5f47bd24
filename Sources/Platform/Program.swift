import CLinux
import Glibc

/// The frame of a main.
package enum Program {
  /// Runs `body` and ends the process with the code that it returns.
  ///
  /// The main thread sleeps meanwhile, where an `async` main would end it: its stack stays, which
  /// debuggers and profilers rely on. Nothing is to be asked of the main actor.
  package static func run(_ body: @escaping @Sendable () async -> Int32) -> Never {
    // Each thread would get an arena of its own, touched once and never used again.
    clinux_limit_arenas(2)
    // Not exit(3): its handlers would take OpenSSL away from threads that still work.
    Task { _exit(await body()) }
    while true { pause() }
  }

  /// Gives memory back to the system that starting took and nothing needs any more.
  package static func trim() { malloc_trim(0) }
}
