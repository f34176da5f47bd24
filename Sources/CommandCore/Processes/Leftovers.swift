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
    for (signal, limit) in [(SIGTERM, deadline), (SIGKILL, deadline + .seconds(5))] {
      var told: [Int32: ProcessHandle] = [:]
      // Once at least: on a machine that is busy all the time may be over before any was killed.
      repeat {
        let left = MarkedProcesses.of(folder, by: variable).filter { !own.contains($0) }
        guard !left.isEmpty else { return }
        for pid in left where told[pid] == nil {
          // Its number may be another's by now: the mark is looked at again once it is held.
          guard let process = ProcessHandle(pid),
            MarkedProcesses.has(pid, markOf: folder, by: variable)
          else { continue }
          process.send(signal)
          told[pid] = process
        }
        // What they started meanwhile is found when they have ended.
        for (pid, process) in told {
          if await process.end(by: limit) { told[pid] = nil }
        }
      } while ContinuousClock.now < limit
    }
  }
}
