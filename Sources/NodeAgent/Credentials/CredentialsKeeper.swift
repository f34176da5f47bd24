import JSON
import Platform
import Synchronization

/// Hands out credentials: kept ones at once, others from EKS Auth.
///
/// Who comes while a token is asked for waits for that answer. After a failure, or 1.8 seconds, each of
/// them asks itself, as with AWS's agent.
// Differs from AWS: its agent cancels a call with the first caller, whoever waits; each of its
// addresses has a cache and a quota of its own.
final class CredentialsKeeper: Sendable {
  /// How long credentials are kept before they are renewed, at most.
  private static let retention: Duration = .seconds(3 * 3600)
  /// How long a request waits for another's call: nine looks, 200 ms apart.
  static let waitLimit: Duration = .milliseconds(1800)

  private struct Fetch {
    let pending: PendingFetch
    let task: Task<Void, Never>
    var waiters = 1
  }
  private struct State {
    var cache: CredentialsCache
    var fetches: [ByteText: Fetch] = [:]
  }

  private let state: Mutex<State>
  private let source: any CredentialsSource
  private let generation: AgentGeneration
  private let waitLimit: Duration
  let clock: any WallClock
  let metrics: AgentMetrics
  let log: Log

  init(
    source: any CredentialsSource, generation: AgentGeneration = .first, clock: any WallClock,
    metrics: AgentMetrics, log: Log, capacity: Int = 2000, waitLimit: Duration = waitLimit
  ) {
    self.source = source
    self.generation = generation
    self.waitLimit = waitLimit
    self.clock = clock
    self.metrics = metrics
    self.log = log
    state = Mutex(State(cache: CredentialsCache(capacity: capacity)))
  }

  /// Works on the cache, and counts what was dropped.
  func withCache<Result>(_ body: (inout CredentialsCache) -> Result) -> Result {
    let (result, evicted) = state.withLock { state in
      let result = body(&state.cache)
      defer { if state.cache.evicted != 0 { state.cache.evicted = 0 } }
      return (result, state.cache.evicted)
    }
    if evicted > 0 { metrics.count(cache: "evicted", evicted) }
    return result
  }

  /// The kept entry of a token; nil where EKS Auth must be asked.
  func kept(_ token: String, now: Instant) -> CredentialsCache.Entry? {
    if let entry = state.withLock({ $0.cache.use(token, now: now) }) { return entry }
    withCache { _ in }
    return nil
  }

  /// Forgets all credentials.
  func flush() { state.withLock { $0.cache.flush() } }

  /// How many wait for a token's call, for tests.
  func waiting(for token: String) -> Int {
    state.withLock { $0.fetches[token.bytes]?.waiters ?? 0 }
  }

  /// Credentials from EKS Auth, or those that another request has got of it meanwhile.
  ///
  /// Where the task is cancelled, and nobody else waits, so is the call.
  func fetch(_ text: String, _ token: UnverifiedToken) async -> PendingFetch.Outcome {
    let start = ContinuousClock.now
    while true {
      let left = waitLimit - (ContinuousClock.now - start)
      switch enter(text, token, mayWait: left > .zero) {
      case .own(let pending, let task):
        metrics.count(cache: "miss")
        return await lead(pending, task, text)
      case .other(let pending):
        let outcome = await pending.wait(atMost: left)
        leave(pending, text)
        if Task.isCancelled { return .failure(.abandoned) }
        if case .success(let entry)? = outcome { return .success(entry) }
      }
    }
  }

  private enum Place {
    case own(PendingFetch, Task<Void, Never>)
    case other(PendingFetch)
  }

  /// A place among those who wait for a call that is under way, or a call of one's own.
  private func enter(_ text: String, _ token: UnverifiedToken, mayWait: Bool) -> Place {
    state.withLock { state in
      if mayWait, let fetch = state.fetches[text.bytes] {
        state.fetches[text.bytes]?.waiters += 1
        return .other(fetch.pending)
      }
      let pending = PendingFetch()
      let task = Task { await self.call(text, token, pending) }
      if state.fetches[text.bytes] == nil {
        state.fetches[text.bytes] = Fetch(pending: pending, task: task)
      }
      return .own(pending, task)
    }
  }

  private func call(_ text: String, _ token: UnverifiedToken, _ pending: PendingFetch) async {
    let outcome = await ask(text, token, pending.patience)
    // What the stack asked for itself is no app's to be renewed.
    if case .success(let entry) = outcome, EventOrigin.current == .app {
      withCache { $0.keep(entry, for: text) }
    }
    state.withLock { state in
      if state.fetches[text.bytes]?.pending === pending { state.fetches[text.bytes] = nil }
    }
    pending.end(outcome)
  }

  /// One waiter fewer: without any the call is not gone on with.
  private func leave(_ pending: PendingFetch, _ text: String) {
    let task = state.withLock { state -> Task<Void, Never>? in
      guard let fetch = state.fetches[text.bytes], fetch.pending === pending else { return nil }
      state.fetches[text.bytes]?.waiters -= 1
      guard fetch.waiters == 1 else { return nil }
      state.fetches[text.bytes] = nil
      return fetch.task
    }
    task?.cancel()
  }

  /// Waits for one's own call.
  private func lead(
    _ pending: PendingFetch, _ task: Task<Void, Never>, _ text: String
  ) async -> PendingFetch.Outcome {
    if let outcome = await pending.wait() { return outcome }
    // Those who wait still get what the present try gives; further ones are theirs to make.
    pending.patience.end()
    let isShared = state.withLock { $0.fetches[text.bytes]?.pending === pending }
    if isShared { leave(pending, text) } else { task.cancel() }
    return .failure(.abandoned)
  }

  /// Asks EKS Auth once, and judges what it gives.
  func ask(
    _ text: String, _ token: UnverifiedToken, _ patience: Patience
  ) async -> PendingFetch.Outcome {
    do throws(UpstreamFailure) {
      let credentials = try await source.credentials(for: text, patience: patience)
      let now = clock.now
      let left = (credentials.expires - now).inSeconds
      guard left > CredentialsCache.margin.inSeconds else {
        throw UpstreamFailure.local(
          "fetched credentials are expired or will expire within the next "
            + "\(Self.twoDigits(left)) seconds")
      }
      let renewal = min(credentials.expires, now + Self.retention)
      let pod = generation == .second ? token.pod.uid : nil
      return .success(
        CredentialsCache.Entry(credentials, token: token, renewal: renewal, pod: pod?.bytes))
    } catch { return .failure(error) }
  }

  /// `9.34`, as Go's `%0.2f`.
  private static func twoDigits(_ value: Double) -> String {
    let hundredths = Int64((value * 100).rounded())
    let digits = String(abs(hundredths) % 100)
    return "\(hundredths < 0 ? "-" : "")\(abs(hundredths) / 100)."
      + (digits.utf8.count == 1 ? "0\(digits)" : digits)
  }

  /// The pods that were given credentials which are kept: names and times, as the admin port shows
  /// them.
  func held() -> JSON {
    let held = state.withLock { $0.cache.held }
    return [
      "credentials": .array(
        held.map { subject, expires in
          [
            "namespace": .string(subject.namespace ?? ""),
            "serviceAccount": .string(subject.serviceAccount ?? ""),
            "pod": .string(subject.pod ?? ""), "expiration": .string(expires.rfc3339),
          ]
        })
    ]
  }
}
