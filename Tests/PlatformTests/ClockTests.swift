import Platform
import Testing

@Suite(.timeLimit(.minutes(10))) struct ClockTests {
  @Test("a manual clock wakes sleepers when it reaches them, not before")
  func manual() async throws {
    let clock = ManualClock()
    let deadline = clock.now + .seconds(10)
    let sleeper = Task {
      try await clock.sleep(until: deadline)
      return clock.now
    }
    while clock.sleeperCount == 0 { await Task.yield() }
    clock.advance(by: .seconds(9))
    #expect(clock.sleeperCount == 1)
    clock.advance(by: .seconds(1))
    #expect(try await sleeper.value == deadline)
  }

  @Test("a cancelled sleeper throws and leaves nothing behind")
  func cancelled() async {
    let clock = ManualClock()
    let sleeper = Task { try await clock.sleep(for: .seconds(10)) }
    while clock.sleeperCount == 0 { await Task.yield() }
    sleeper.cancel()
    await #expect(throws: CancellationError.self) { try await sleeper.value }
    #expect(clock.sleeperCount == 0)
  }

  @Test("moving an offset clock past the deadline ends a sleep")
  func offset() async throws {
    let base = ManualClock()
    let clock = OffsetClock(base: base)
    let sleeper = Task { try await clock.sleep(for: .seconds(3600)) }
    while base.sleeperCount == 0 { await Task.yield() }
    clock.offset = .seconds(4000)
    try await sleeper.value
    #expect(clock.now == base.now + .seconds(4000))
  }

  @Test("a clock that is moved back ends the sleep of whoever began after that, and no other's")
  func back() async throws {
    let base = ManualClock()
    let clock = OffsetClock(base: base, offset: .seconds(7200))
    let start = clock.now
    let sleeper = Task { try await clock.sleep(from: start, until: start + .seconds(3600)) }
    let period = Task { try await clock.sleep(for: .seconds(60)) }
    let earlier = Task {
      try await clock.sleep(from: start - .seconds(7200), until: start + .seconds(60))
    }
    while base.sleeperCount < 3 { await Task.yield() }
    clock.offset = .zero
    try await sleeper.value
    try await period.value
    while base.sleeperCount != 1 { await Task.yield() }
    base.advance(by: .seconds(7260))
    try await earlier.value
  }

  @Test("a deadline in the past returns at once")
  func past() async throws {
    try await ManualClock().sleep(for: .seconds(-1))
    try await SystemClock().sleep(for: .zero)
  }
}
