import Glibc

/// Ends processes that nobody needs any more.
enum Leftovers {
  /// Ends those that are found, until none is: asked first, and killed where they are still there
  /// after `grace`.
  static func end(grace: Duration, _ find: () -> Set<pid_t>) async {
    let deadline = ContinuousClock.now + grace
    var asked: Set<pid_t> = []
    while true {
      let left = find()
      guard !left.isEmpty else { return }
      let isLate = ContinuousClock.now >= deadline
      if isLate, ContinuousClock.now >= deadline + .seconds(5) { return }
      for pid in left where isLate || asked.insert(pid).inserted {
        kill(pid, isLate ? SIGKILL : SIGTERM)
      }
      try? await Task.sleep(for: .milliseconds(20))
    }
  }
}
