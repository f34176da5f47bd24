import Glibc

/// Ends processes that nobody needs any more.
package enum Leftovers {
  /// Ends those that have the mark of a folder, or another mark of that variable, until none is left:
  /// asked first, and killed where they are still there after `grace`.
  package static func end(
    marked folder: String, by variable: String = MarkedProcesses.variable,
    except own: Set<Int32> = [], grace: Duration
  ) async {
    let deadline = ContinuousClock.now + grace
    var asked: Set<pid_t> = []
    // On a machine that is busy all the time may be over before any was killed.
    var hasKilled = false
    while true {
      let left = Set(MarkedProcesses.of(folder, by: variable)).subtracting(own)
      guard !left.isEmpty else { return }
      let isLate = ContinuousClock.now >= deadline
      if hasKilled, ContinuousClock.now >= deadline + .seconds(5) { return }
      for pid in left where isLate || asked.insert(pid).inserted {
        // Its number may be another's by now: the mark is looked at again once it is held.
        guard let process = ProcessHandle(pid),
          MarkedProcesses.has(pid, markOf: folder, by: variable)
        else { continue }
        process.send(isLate ? SIGKILL : SIGTERM)
      }
      hasKilled = isLate
      try? await Task.sleep(for: .milliseconds(20))
    }
  }
}
