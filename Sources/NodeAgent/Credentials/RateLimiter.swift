import Synchronization

/// A bucket of tickets that fills at a steady rate.
final class RateLimiter: Sendable {
  private struct State {
    var tickets: Double
    var last: ContinuousClock.Instant
  }
  private let rate: Double
  private let burst: Double
  private let state: Mutex<State>

  /// A full bucket: `rate` tickets a second, at most `burst` at once.
  init(rate: Double, burst: Double, now: ContinuousClock.Instant = .now) {
    self.rate = rate
    self.burst = burst
    state = Mutex(State(tickets: burst, last: now))
  }

  /// Takes a ticket; false where there is none.
  func allows(now: ContinuousClock.Instant = .now) -> Bool {
    state.withLock { state in
      let passed = state.last.duration(to: now)
      let seconds =
        Double(passed.components.seconds) + Double(passed.components.attoseconds) / 1e18
      state.tickets = min(burst, state.tickets + max(0, seconds) * rate)
      state.last = now
      guard state.tickets >= 1 else { return false }
      state.tickets -= 1
      return true
    }
  }

  /// Waits for a ticket and takes it; returns without one where the task is cancelled.
  func ticket() async {
    while !allows() {
      do { try await Task.sleep(for: .seconds(max(0.001, lack / rate))) } catch { return }
    }
  }

  /// What is missing to a whole ticket.
  private var lack: Double { state.withLock { max(0, 1 - $0.tickets) } }
}
