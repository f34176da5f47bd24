import Platform
import TestSupport
import Testing

@testable import Kubelet

/// When the files of a pod are waited for.
@Suite(.timeLimit(.minutes(10))) struct FreshnessTests {
  private let clock = ManualClock(Instant(seconds: 1_000))

  @Test("files that were never written are not waited for")
  func unwritten() async {
    let freshness = Freshness()
    #expect(!freshness.isStale(at: clock.now))
    await freshness.fresh(clock)
  }

  @Test("before they were written and from their renewal on they are stale")
  func bounds() {
    let freshness = Freshness()
    freshness.set(from: Instant(seconds: 900), until: Instant(seconds: 1_000))
    #expect(freshness.isStale(at: Instant(seconds: 1_000)))
    #expect(freshness.isStale(at: Instant(seconds: 899)))
    #expect(!freshness.isStale(at: Instant(seconds: 900)))
    #expect(!freshness.isStale(at: Instant(seconds: 999)))
    freshness.set(from: Instant(seconds: 900), until: nil)
    #expect(!freshness.isStale(at: Instant(seconds: 1)))
  }

  @Test("who waits is told of the renewal, not of one that is over already")
  func renewal() async {
    let freshness = Freshness()
    freshness.set(from: Instant(seconds: 800), until: Instant(seconds: 900))
    let waiting = Task { await freshness.fresh(clock) }
    while freshness.count == 0 { await Task.yield() }
    freshness.set(from: Instant(seconds: 850), until: Instant(seconds: 950))
    #expect(freshness.isStale(at: clock.now))
    freshness.set(from: Instant(seconds: 1_000), until: Instant(seconds: 1_100))
    await waiting.value
    #expect(freshness.count == 0)
  }

  @Test("a pod that nobody keeps any more, and a cancelled wait, hold nobody up")
  func end() async {
    let freshness = Freshness()
    freshness.set(from: Instant(seconds: 800), until: Instant(seconds: 900))
    let cancelled = Task { await freshness.fresh(clock) }
    while freshness.count == 0 { await Task.yield() }
    cancelled.cancel()
    await cancelled.value
    let waiting = Task { await freshness.fresh(clock) }
    while freshness.count == 0 { await Task.yield() }
    freshness.end()
    await waiting.value
  }
}
