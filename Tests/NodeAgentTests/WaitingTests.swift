import HTTP
import JSON
import Platform
import Synchronization
import Testing

@testable import NodeAgent

/// Requests for one token at the same time, and those who hang up.
@Suite(.timeLimit(.minutes(10))) struct WaitingTests {
  /// EKS Auth whose calls wait until the test answers them.
  final class Source: CredentialsSource {
    private struct Call {
      let answer: CheckedContinuation<Result<JSON, UpstreamFailure>, Never>
      let patience: Patience
    }
    private let calls = Mutex<[Call?]>([])
    private let (arrivals, arrival) = AsyncStream<Int>.makeStream()
    private let (hangUps, hangUp) = AsyncStream<Int>.makeStream()

    var count: Int { calls.withLock { $0.count } }

    /// Waits for the next call; its number.
    func next() async -> Int? {
      var iterator = arrivals.makeAsyncIterator()
      return await iterator.next()
    }

    /// Waits for a call that is cancelled; its number.
    func nextCancelled() async -> Int? {
      var iterator = hangUps.makeAsyncIterator()
      return await iterator.next()
    }

    func answer(_ number: Int, _ result: Result<JSON, UpstreamFailure>) {
      let call = calls.withLock { calls -> Call? in
        guard calls.indices.contains(number) else { return nil }
        defer { calls[number] = nil }
        return calls[number]
      }
      call?.answer.resume(returning: result)
    }

    /// Whether a further try would be made after this call.
    func wouldTryAgain(_ number: Int) async -> Bool {
      await calls.withLock { $0[number]?.patience }?.pause(for: .zero) ?? false
    }

    private func cancel(_ number: Int) {
      hangUp.yield(number)
      answer(number, .failure(.abandoned))
    }

    func credentials(
      for token: String, patience: Patience
    ) async throws(UpstreamFailure) -> AgentCredentials {
      let own = Mutex<Int?>(nil)
      let result = await withTaskCancellationHandler {
        await withCheckedContinuation { continuation in
          let number = calls.withLock { calls in
            calls.append(Call(answer: continuation, patience: patience))
            return calls.count - 1
          }
          own.withLock { $0 = number }
          arrival.yield(number)
          if Task.isCancelled { cancel(number) }
        }
      } onCancel: {
        own.withLock { $0 }.map(cancel)
      }
      return try AgentCredentials(try result.get())
    }
  }

  private static let denied = UpstreamFailure.answered(
    status: 400, requestID: "i", code: "AccessDeniedException", message: "m")
  private let source = Source()
  private let metrics = AgentMetrics()
  /// One with which nobody loses patience, however slow the machine is.
  private let keeper: CredentialsKeeper
  private let impatient: CredentialsKeeper

  init() {
    func keeper(_ limit: Duration, _ source: Source, _ metrics: AgentMetrics) -> CredentialsKeeper {
      CredentialsKeeper(
        source: source, clock: ManualClock(Instant(seconds: 1_799_990_000)), metrics: metrics,
        log: .none, waitLimit: limit)
    }
    self.keeper = keeper(.seconds(600), source, metrics)
    impatient = keeper(CredentialsKeeper.waitLimit, source, metrics)
  }

  private func ask(_ other: CredentialsKeeper? = nil) -> Task<PendingFetch.Outcome, Never> {
    let keeper = other ?? keeper
    return Task {
      guard let token = try? UnverifiedToken(CredentialsEndpointTests.good) else {
        return .failure(.incomplete)
      }
      return await keeper.fetch(CredentialsEndpointTests.good, token)
    }
  }

  private func isDenied(_ outcome: PendingFetch.Outcome) -> Bool {
    if case .failure(.answered) = outcome { true } else { false }
  }
  private func isAbandoned(_ outcome: PendingFetch.Outcome) -> Bool {
    if case .failure(.abandoned) = outcome { true } else { false }
  }

  /// Starts requests that wait for the first one's call.
  private func waiters(_ count: Int) async -> [Task<PendingFetch.Outcome, Never>] {
    let tasks = (0..<count).map { _ in ask() }
    while keeper.waiting(for: CredentialsEndpointTests.good) < count + 1 { await Task.yield() }
    return tasks
  }

  @Test("success is one call, however many wait")
  func success() async {
    let first = ask()
    #expect(await source.next() == 0)
    let others = await waiters(10)
    source.answer(0, .success(AgentAnswer.usual))
    for task in [first] + others {
      if case .failure(let failure) = await task.value { Issue.record("\(failure)") }
    }
    #expect(source.count == 1)
    #expect(metrics.text.contains(#"pod_identity_cache_state{state="miss"} 1"#))
  }

  @Test("after a failure each of those who waited asks itself, one after another")
  func failure() async {
    let first = ask()
    #expect(await source.next() == 0)
    let others = await waiters(4)
    for number in 0..<5 {
      source.answer(number, .failure(Self.denied))
      if number < 4 { #expect(await source.next() == number + 1) }
    }
    for task in [first] + others { #expect(isDenied(await task.value)) }
    #expect(source.count == 5)
    #expect(metrics.text.contains(#"pod_identity_cache_state{state="miss"} 5"#))
  }

  @Test("nobody waits for another's call for more than 1.8 s")
  func late() async {
    let first = ask(impatient)
    #expect(await source.next() == 0)
    let start = ContinuousClock.now
    let others = (0..<2).map { _ in ask(impatient) }
    let calls = [await source.next(), await source.next()]
    #expect(Set(calls) == [1, 2])
    #expect(ContinuousClock.now - start >= .milliseconds(1700))
    for number in 0..<3 { source.answer(number, .success(AgentAnswer.usual)) }
    for task in [first] + others { _ = await task.value }
    #expect(source.count == 3)
  }

  @Test("who hangs up cancels a call that nobody else waits for, and the next one asks anew")
  func hangsUp() async {
    let first = ask()
    #expect(await source.next() == 0)
    first.cancel()
    #expect(isAbandoned(await first.value))
    #expect(await source.nextCancelled() == 0)
    let second = ask()
    #expect(await source.next() == 1)
    source.answer(1, .success(AgentAnswer.usual))
    guard case .success = await second.value else {
      Issue.record("the second gets nothing")
      return
    }
  }

  @Test("a call that others wait for goes on, without further tries")
  func leavesOthers() async {
    let first = ask()
    #expect(await source.next() == 0)
    let others = await waiters(2)
    #expect(await source.wouldTryAgain(0))
    first.cancel()
    #expect(isAbandoned(await first.value))
    #expect(await !source.wouldTryAgain(0))
    // One of the others hangs up as well; the call is the last one's now.
    others[0].cancel()
    #expect(isAbandoned(await others[0].value))
    source.answer(0, .success(AgentAnswer.usual))
    guard case .success = await others[1].value else {
      Issue.record("who stayed gets nothing")
      return
    }
    #expect(source.count == 1)
  }

  @Test("those who wait for one that hangs up, and whose call fails, ask themselves")
  func failsAfterHangUp() async {
    let first = ask()
    #expect(await source.next() == 0)
    let others = await waiters(1)
    first.cancel()
    source.answer(0, .failure(.timedOut("x")))
    #expect(await source.next() == 1)
    source.answer(1, .success(AgentAnswer.usual))
    guard case .success = await others[0].value else {
      Issue.record("who waited gets nothing")
      return
    }
  }
}
