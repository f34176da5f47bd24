import Glibc
import HTTP
import Platform
import Synchronization

/// A server that ends and begins anew in the same process, as a fault asks: memory, connections and
/// what was cached are gone, pid and state stay.
package enum Restart {
  private static let absence = Mutex(Duration.zero)

  /// Lets the server stop at once, and stay away for a time.
  package static func request(for duration: Duration) {
    absence.withLock { $0 = duration }
    TerminationSignals.restart()
  }

  /// Puts the program in this process's place again, with the same words and variables.
  ///
  /// - Throws: where the kernel refuses; else it does not return.
  static func run() async throws {
    // A signal that comes now ends the process: nothing is left to be finished.
    signal(SIGTERM, SIG_DFL)
    signal(SIGINT, SIG_DFL)
    try await Task.sleep(for: absence.withLock { $0 })
    setenv(HeldListeners.variable, HeldListeners.names, 1)
    let words = ([program] + ProcessArguments.current()).map { strdup($0) } + [nil]
    execv(program, words)
    throw FileError(path: program, reason: String(cString: strerror(errno)))
  }

  private static var program: String {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &buffer, buffer.count)
    let path = String(
      decoding: buffer[..<max(count, 0)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return access(path, X_OK) == 0 ? path : "/proc/self/exe"
  }
}
