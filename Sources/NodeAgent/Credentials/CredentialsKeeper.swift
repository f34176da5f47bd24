import JSON
import Platform
import Synchronization

/// Hands out credentials: kept ones at once, others from EKS Auth, each token asked for once however
/// many wait for it.
final class CredentialsKeeper: Sendable {
  /// How long credentials are kept before they are renewed, at most.
  private static let retention: Duration = .seconds(3 * 3600)
  private static let sweepPause: Duration = .seconds(60)

  private struct State {
    var cache: CredentialsCache
    var fetches: [String: Task<Result<CredentialsCache.Entry, UpstreamFailure>, Never>] = [:]
  }

  private let state: Mutex<State>
  private let source: any CredentialsSource
  private let clock: any WallClock
  private let randomness: Randomness
  private let metrics: AgentMetrics
  private let log: Log

  init(
    source: any CredentialsSource, clock: any WallClock, randomness: Randomness,
    metrics: AgentMetrics, log: Log, capacity: Int = 2000
  ) {
    self.source = source
    self.clock = clock
    self.randomness = randomness
    self.metrics = metrics
    self.log = log
    state = Mutex(State(cache: CredentialsCache(capacity: capacity)))
  }

  /// The kept entry of a token; nil where EKS Auth must be asked.
  func kept(_ token: String, now: Instant) -> CredentialsCache.Entry? {
    state.withLock { $0.cache.use(token, now: now) }
  }

  /// Credentials from EKS Auth; who comes while they are fetched waits for the same answer.
  func fetch(
    _ text: String, _ token: UnverifiedToken
  ) async -> Result<CredentialsCache.Entry, UpstreamFailure> {
    let task = state.withLock { state in
      if let running = state.fetches[text] { return running }
      metrics.count(cache: "miss")
      let task = Task { await self.fetchOnce(text, token) }
      state.fetches[text] = task
      return task
    }
    return await task.value
  }

  private func fetchOnce(
    _ text: String, _ token: UnverifiedToken
  ) async -> Result<CredentialsCache.Entry, UpstreamFailure> {
    let result = await ask(text, token)
    state.withLock { state in
      state.fetches[text] = nil
      guard case .success(let entry) = result else { return }
      if state.cache.keep(entry, for: text) { metrics.count(cache: "evicted") }
    }
    return result
  }

  private func ask(
    _ text: String, _ token: UnverifiedToken
  ) async -> Result<CredentialsCache.Entry, UpstreamFailure> {
    do throws(UpstreamFailure) {
      let credentials = try await source.credentials(for: text)
      let now = clock.now
      let left = Double(credentials.expires.nanoseconds - now.nanoseconds) / 1e9
      guard left > 15 else {
        throw UpstreamFailure.local(
          "fetched credentials are expired or will expire within the next "
            + "\(Self.twoDigits(left)) seconds")
      }
      let renewal = min(credentials.expires, now + Self.retention)
      return .success(CredentialsCache.Entry(credentials, token: token, renewal: renewal))
    } catch { return .failure(error) }
  }

  /// `9.34`, as Go's `%0.2f`.
  private static func twoDigits(_ value: Double) -> String {
    let hundredths = Int64((value * 100).rounded())
    let digits = String(abs(hundredths) % 100)
    return "\(hundredths < 0 ? "-" : "")\(abs(hundredths) / 100)."
      + (digits.count == 1 ? "0\(digits)" : digits)
  }

  /// Forgets all credentials.
  func flush() { state.withLock { $0.cache.flush() } }

  /// Renews what is due, once a minute, until cancelled.
  func run() async {
    while !Task.isCancelled {
      do { try await clock.sleep(for: Self.sweepPause) } catch { return }
      await sweep()
    }
  }

  /// One sweep: at most two renewals, as the limiter of AWS's agent lets through.
  func sweep() async {
    let due = state.withLock { $0.cache.due(now: clock.now) }
    for (text, entry) in due.prefix(2) {
      switch await ask(text, entry.token) {
      case .success(let renewed):
        metrics.count(cache: "hit")
        state.withLock { _ = $0.cache.keep(renewed, for: text) }
      case .failure(let failure):
        let type = failure.isIrrecoverable ? "NonRecoverable" : "Recoverable"
        metrics.count(cacheError: type, code: failure.code)
        if failure.isIrrecoverable {
          log.info("credentials dropped", ["reason": .string(failure.reason)])
          if state.withLock({ $0.cache.drop(text) }) { metrics.count(cache: "evicted") }
        } else {
          log.info("credentials not renewed, kept", ["reason": .string(failure.reason)])
          let pause = Duration.seconds(60 + randomness.integer(in: 0...60))
          state.withLock { $0.cache.postpone(text, to: clock.now + pause) }
        }
      }
    }
  }
}
