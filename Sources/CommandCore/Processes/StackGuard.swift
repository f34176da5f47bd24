import Glibc
import Platform

/// A process that outlives podid for a moment: where podid was killed, it ends what an ephemeral
/// stack had started and removes its folder.
///
/// It learns of podid's end by a lifeline.
package final class StackGuard: Sendable {
  /// The word by which podid starts itself as one; no command, so no help names it.
  package static let word = "guard-of-a-stack"
  /// Said before the line ends where nothing is left to be done.
  private static let dismissal: UInt8 = 0x2E

  private let lifeline: Lifeline

  /// Starts one for a folder, which may not be there yet.
  package init(_ folder: String) throws(CommandFailure) {
    lifeline = try Lifeline()
    _ = try ChildProcess(
      [try Executables.path(of: "podid"), Self.word, folder], environment: [:],
      input: .pipe(lifeline.inherited), output: .null, errors: .null, ownSession: true,
      outlivesUs: true)
  }

  /// Lets it end: the stack has cleaned up after itself.
  package func dismiss() { lifeline.say(Self.dismissal) }

  /// What the process itself does.
  package static func run(_ folder: String) async -> Int32 {
    // No folder of the user's is kept busy, and a terminal's signals are podid's.
    chdir("/")
    var byte: UInt8 = 0
    var count = read(0, &byte, 1)
    while count < 0 && errno == EINTR { count = read(0, &byte, 1) }
    if count == 1, byte == dismissal { return 0 }
    // A server that was being started shows its mark a moment later, and makes its folder anew.
    for pause in [50, 0] {
      await Leftovers.end(marked: folder, grace: .seconds(2))
      TemporaryFolder.remove(folder)
      try? await Task.sleep(for: .milliseconds(pause))
    }
    return 0
  }
}
