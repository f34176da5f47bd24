import Glibc
package import JSON
import Platform

/// A process in the foreground.
package enum Foreground {
  /// So many signals kill a command that did not heed those before, where each comes this soon after
  /// another.
  private static let patience = (count: 3, pause: Duration.seconds(10))

  /// Runs a command with this environment, hands signals on, and returns its exit code.
  package static func run(
    _ words: [String], environment: [ByteText: String]
  ) async throws -> Int32 {
    // One that came while the way was made for the command: it is not begun.
    SignalWatch.course = .handedOn
    defer { SignalWatch.course = .orderly }
    if let signal = TerminationSignals.pending() { return 128 + signal }
    let process: ChildProcess
    do { process = try ChildProcess(words, environment: environment) } catch {
      StandardStreams.writeError("podid: \(error)")
      let path = ProcessEnvironment.current()["PATH"]
      let objection = Executables.objection(to: words[0], path)
      if objection?.code == 127, let hint = CheckoutPrograms.hint(for: words[0]) {
        StandardStreams.writeError("podid: \(hint)")
      }
      return objection?.code ?? 126
    }
    let signals = Task {
      var count = 0
      var last = ContinuousClock.now
      while !Task.isCancelled {
        let signal = await TerminationSignals.wait()
        // A terminal sends Ctrl-C to the whole foreground group, the process included: to some, such
        // as Python's prompt, it is a word like any other.
        if signal == SIGINT, isatty(0) == 1 { continue }
        count = ContinuousClock.now - last < patience.pause ? count + 1 : 1
        last = .now
        process.send(count < patience.count ? signal : SIGKILL)
      }
    }
    let code = await process.end()
    signals.cancel()
    return code
  }
}
