import Glibc
import Platform

/// A process that outlives podid for a moment: where podid was killed, it ends what an ephemeral
/// stack had started and removes its folder.
///
/// It learns of podid's end by a pipe that only podid holds open.
final class StackGuard: Sendable {
  /// The word by which podid starts itself as one; no command, so no help names it.
  static let word = "guard-of-a-stack"
  /// Written before the pipe is closed where nothing is left to be done.
  private static let dismissal: UInt8 = 0x2E

  private let pipe: Int32

  /// Starts one for a folder.
  init(_ folder: String) throws(CommandFailure) {
    var ends: [Int32] = [0, 0]
    guard Glibc.pipe(&ends) == 0 else {
      throw CommandFailure("no pipe: \(String(cString: strerror(errno)))")
    }
    pipe = ends[1]
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    _ = try ChildProcess(
      [try Executables.path(of: "podid"), Self.word, folder], environment: [:],
      input: .pipe(ends[0]), output: .null, errors: .null, ownSession: true)
  }

  deinit { close(pipe) }

  /// Lets it end: the stack has cleaned up after itself.
  func dismiss() {
    var byte = Self.dismissal
    _ = write(pipe, &byte, 1)
  }

  /// What the process itself does.
  static func run(_ folder: String) async -> Int32 {
    // No folder of the user's is kept busy, and a terminal's signals are podid's.
    chdir("/")
    var byte: UInt8 = 0
    var count = read(0, &byte, 1)
    while count < 0 && errno == EINTR { count = read(0, &byte, 1) }
    if count == 1, byte == dismissal { return 0 }
    await MarkedProcesses.end(folder, except: [], grace: .seconds(2))
    TemporaryFolder.remove(folder)
    return 0
  }
}
