import Glibc
import Platform

/// A process in the foreground.
enum Foreground {
  /// The signal of this number kills a command that did not heed those before.
  private static let patience = 3

  /// Runs a command with this environment, hands signals on, and returns its exit code.
  static func run(_ words: [String], environment: [String: String]) async throws -> Int32 {
    // One that came while the way was made for the command: it is not begun.
    if let signal = TerminationSignals.pending() { return 128 + signal }
    let process: ChildProcess
    do { process = try ChildProcess(words, environment: environment) } catch {
      // As shells have it: 127 where there is no such program.
      StandardStreams.writeError("podid: \(error)\n")
      return 127
    }
    let signals = Task {
      var count = 0
      while !Task.isCancelled {
        let signal = await TerminationSignals.wait()
        count += 1
        if count == patience {
          process.send(SIGKILL)
          continue
        }
        // A terminal sends Ctrl-C to the whole foreground group, the process included.
        if signal == SIGINT, isatty(0) == 1 { continue }
        process.send(signal)
      }
    }
    let code = await process.end()
    signals.cancel()
    return code
  }
}
