import Glibc

/// Ends processes that nobody needs any more.
package enum Leftovers {
  /// How many are waited for at a time: more would leave no descriptors to look at the others.
  private static let most = 16

  /// Ends those that have the mark of a folder, or another mark of that variable, until none is left:
  /// asked first, and killed where they are still there after `grace`.
  package static func end(
    marked folder: String, by variable: String = MarkedProcesses.variable,
    except own: Set<Int32> = [], grace: Duration
  ) async {
    let deadline = ContinuousClock.now + grace
    for (signal, limit) in [(SIGTERM, deadline), (SIGKILL, deadline + .seconds(5))] {
      var told: Set<Int32> = []
      // Once at least: on a machine that is busy all the time may be over before any was killed.
      repeat {
        let left = MarkedProcesses.of(folder, by: variable).filter { !own.contains($0) }
        guard !left.isEmpty else { return }
        var held: [ProcessHandle] = []
        for pid in left where held.count < Self.most || !told.contains(pid) {
          // Its number may be another's by now: the mark is looked at again once it is held.
          guard let process = ProcessHandle(pid),
            MarkedProcesses.has(pid, markOf: folder, by: variable)
          else { continue }
          if told.insert(pid).inserted { process.send(signal) }
          if held.count < Self.most { held.append(process) }
        }
        // What they started meanwhile is found when they have ended.
        for process in held { _ = await process.end(by: limit) }
      } while ContinuousClock.now < limit
    }
  }
}
