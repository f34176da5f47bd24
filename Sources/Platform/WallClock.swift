import Glibc
import Synchronization

/// What tells the time of day.
///
/// Judgements of expiry take an ``Instant``; waits go through here.
package protocol WallClock: Sendable {
  /// The present.
  var now: Instant { get }

  /// Returns once the clock shows `deadline`; throws when the task is cancelled.
  func sleep(until deadline: Instant) async throws(CancellationError)

  /// Returns once the clock shows `deadline`, or was moved back to before `start`.
  func sleep(from start: Instant, until deadline: Instant) async throws(CancellationError)
}

extension WallClock {
  package func sleep(from start: Instant, until deadline: Instant) async throws(CancellationError) {
    try await sleep(until: deadline)
  }

  /// Returns once the clock has moved on by `duration`, or was moved back.
  package func sleep(for duration: Duration) async throws(CancellationError) {
    let start = now
    try await sleep(from: start, until: start + duration)
  }
}

/// The machine's clock.
package struct SystemClock: WallClock {
  /// The machine's clock.
  package init() {}

  package var now: Instant {
    // With its members: Swift 6.3 at times takes `timespec()` for another module's.
    var time = timespec(tv_sec: 0, tv_nsec: 0)
    clock_gettime(CLOCK_REALTIME, &time)
    return Instant(time)
  }

  package func sleep(until deadline: Instant) async throws(CancellationError) {
    while true {
      let left = deadline - now
      guard left > .zero else { return }
      do { try await Task.sleep(for: left) } catch { throw CancellationError() }
    }
  }
}

/// Those who wait for a clock that somebody moves.
final class ClockSleepers: Sendable {
  private struct Sleeper {
    let id: Int
    let deadline: Instant
    let continuation: CheckedContinuation<Void, Never>
  }
  private struct State {
    var nextID = 0
    var sleepers: [Sleeper] = []
    var cancelled: Set<Int> = []
  }
  private let state = Mutex(State())

  /// Waits until ``wake(at:)`` is called with an instant at or past the deadline.
  func wait(
    until deadline: Instant, isReached: @Sendable () -> Bool
  ) async throws(CancellationError) {
    let id = state.withLock { state in
      state.nextID += 1
      return state.nextID
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let resumeNow = state.withLock { state in
          if state.cancelled.remove(id) != nil || isReached() { return true }
          state.sleepers.append(
            Sleeper(id: id, deadline: deadline, continuation: continuation))
          return false
        }
        if resumeNow { continuation.resume() }
      }
    } onCancel: {
      let sleeper = state.withLock { state -> Sleeper? in
        guard let found = state.sleepers.firstIndex(where: { $0.id == id }) else {
          state.cancelled.insert(id)
          return nil
        }
        return state.sleepers.remove(at: found)
      }
      sleeper?.continuation.resume()
    }
    _ = state.withLock { $0.cancelled.remove(id) }
    if Task.isCancelled { throw CancellationError() }
  }

  /// Wakes, in the order of their deadlines, all whose deadline is not after `now`.
  func wake(at now: Instant) {
    let due = state.withLock { state in
      let due = state.sleepers.filter { $0.deadline <= now }.sorted { $0.deadline < $1.deadline }
      state.sleepers.removeAll { $0.deadline <= now }
      return due
    }
    for sleeper in due { sleeper.continuation.resume() }
  }

  /// Wakes everybody, to look at the clock again.
  func wakeAll() { wake(at: Instant(nanoseconds: .max)) }

  /// How many wait.
  var count: Int { state.withLock { $0.sleepers.count } }
}

/// A clock that stands still until it is moved: for tests.
package final class ManualClock: WallClock {
  private let time: Mutex<Instant>
  private let sleepers = ClockSleepers()

  /// A clock that shows `start`.
  package init(_ start: Instant = Instant(seconds: 1_795_500_000)) { time = Mutex(start) }

  package var now: Instant { time.withLock { $0 } }

  /// Moves the clock on and wakes whom that concerns.
  package func advance(by duration: Duration) {
    let now = time.withLock { time in
      time = time + duration
      return time
    }
    sleepers.wake(at: now)
  }

  /// How many tasks wait for this clock.
  package var sleeperCount: Int { sleepers.count }

  package func sleep(until deadline: Instant) async throws(CancellationError) {
    guard now < deadline else { return }
    try await sleepers.wait(until: deadline) { self.now >= deadline }
  }
}

/// The machine's clock plus an offset that an operator moves (`podid clock advance`).
package final class OffsetClock: WallClock {
  private let base: any WallClock
  private let shift: Mutex<Duration>
  private let sleepers = ClockSleepers()

  /// A clock that shows `base` plus `offset`.
  package init(base: any WallClock = SystemClock(), offset: Duration = .zero) {
    self.base = base
    shift = Mutex(offset)
  }

  package var now: Instant { base.now + offset }

  /// What is added to the machine's clock; setting it wakes whom that concerns.
  package var offset: Duration {
    get { shift.withLock { $0 } }
    set {
      shift.withLock { $0 = newValue }
      sleepers.wakeAll()
    }
  }

  /// Returns once the offset is another one.
  package func moved(from offset: Duration) async throws(CancellationError) {
    try await sleepers.wait(until: Instant(nanoseconds: .max)) { self.offset != offset }
  }

  package func sleep(until deadline: Instant) async throws(CancellationError) {
    try await sleep(from: Instant(nanoseconds: .min), until: deadline)
  }

  package func sleep(from start: Instant, until deadline: Instant) async throws(CancellationError) {
    while case let now = now, now >= start, now < deadline {
      let started = offset
      let left = deadline - now
      do {
        try await withThrowingTaskGroup(of: Void.self) { group in
          group.addTask { try await self.base.sleep(for: left) }
          group.addTask {
            try await self.sleepers.wait(until: deadline) { self.offset != started }
          }
          try await group.next()
          group.cancelAll()
        }
      } catch { throw CancellationError() }
    }
  }
}
