package import Platform
import Synchronization

/// Between which times the files of a pod are fresh, as its worker knows it.
package final class Freshness: Sendable {
  private struct State {
    var times: (from: Instant, until: Instant)?
    var followers: [Int: AsyncStream<Void>.Continuation] = [:]
    var nextFollower = 0
  }
  private let state = Mutex(State())

  /// Nothing is written yet.
  package init() {}

  /// Takes when the files were written and the time of the next renewal; nil where nothing is to be
  /// renewed any more.
  package func set(from written: Instant, until next: Instant?) {
    let followers = state.withLock { state in
      let end = Instant(nanoseconds: .max)
      state.times = next.map { (written, $0) } ?? (Instant(nanoseconds: .min), end)
      return Array(state.followers.values)
    }
    for follower in followers { follower.yield() }
  }

  /// Says that nobody keeps the files any more, so that nobody waits for them.
  package func end() { set(from: Instant(nanoseconds: .min), until: nil) }

  /// Whether a renewal is due, because it is time or because the clock was moved back to before the
  /// tokens were issued: files that were never written are not waited for.
  package func isStale(at now: Instant) -> Bool {
    state.withLock { state in state.times.map { now < $0.from || $0.until <= now } ?? false }
  }

  /// How many wait.
  var count: Int { state.withLock { $0.followers.count } }

  /// Returns once no renewal is due, or when the task is cancelled.
  package func fresh(_ clock: any WallClock) async {
    let (changes, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    let id = state.withLock { state in
      state.nextFollower += 1
      state.followers[state.nextFollower] = continuation
      return state.nextFollower
    }
    defer { _ = state.withLock { $0.followers.removeValue(forKey: id) } }
    var iterator = changes.makeAsyncIterator()
    while isStale(at: clock.now), await iterator.next(isolation: nil) != nil {}
  }
}
