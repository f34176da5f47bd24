import Synchronization

/// Credentials on their way, and those who wait for them.
final class PendingFetch: Sendable {
  /// What EKS Auth gave in the end.
  typealias Outcome = Result<CredentialsCache.Entry, UpstreamFailure>

  private struct State {
    var outcome: Outcome?
    var next = 0
    var waiters: [Int: CheckedContinuation<Outcome?, Never>] = [:]
    /// Those who left before they began to wait.
    var gone: Set<Int> = []
  }
  private let state = Mutex(State())
  /// Whether further tries are made.
  let patience = Patience()

  /// Tells all who wait.
  func end(_ outcome: Outcome) {
    let waiters = state.withLock { state in
      state.outcome = outcome
      defer { state.waiters = [:] }
      return state.waiters.values
    }
    for waiter in waiters { waiter.resume(returning: outcome) }
  }

  /// Waits for the outcome; nil where the task is cancelled first.
  func wait() async -> Outcome? {
    let id = state.withLock { state in
      state.next += 1
      return state.next
    }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let known: Outcome?? = state.withLock { state in
          if let outcome = state.outcome { return .some(outcome) }
          if state.gone.remove(id) != nil { return .some(nil) }
          state.waiters[id] = continuation
          return nil
        }
        if let known { continuation.resume(returning: known) }
      }
    } onCancel: {
      let waiter = state.withLock { state in
        let waiter = state.waiters.removeValue(forKey: id)
        if waiter == nil { state.gone.insert(id) }
        return waiter
      }
      waiter?.resume(returning: nil)
    }
  }

  /// Waits for at most `limit`; nil where that passes, or the task is cancelled, first.
  func wait(atMost limit: Duration) async -> Outcome? {
    await withTaskGroup(of: Outcome?.self) { group in
      group.addTask { await self.wait() }
      group.addTask {
        _ = try? await Task.sleep(for: limit)
        return nil
      }
      let first = await group.next() ?? nil
      group.cancelAll()
      return first
    }
  }
}
