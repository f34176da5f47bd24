import JSON
import Platform

/// Renews kept credentials once a minute, and drops those that ran out, as AWS's agent does.
struct CredentialsRenewal: Sendable {
  private static let sweepPause: Duration = .seconds(60)

  let keeper: CredentialsKeeper
  let randomness: Randomness
  /// A renewal takes two of its tickets, and the first must be there at once: of many that are due
  /// together, two are renewed and the rest wait for a later sweep, unless EKS Auth is slow.
  var limiter = RateLimiter(rate: 3, burst: 3)

  /// Sweeps until cancelled.
  func run() async {
    while !Task.isCancelled {
      do { try await keeper.clock.sleep(for: Self.sweepPause) } catch { return }
      await sweep()
    }
  }

  /// One sweep.
  func sweep() async {
    let start = keeper.clock.now
    for (text, entry) in keeper.withCache({ $0.due(now: start) }) {
      guard limiter.allows() else {
        postpone(text, entry)
        continue
      }
      await limiter.ticket()
      if Task.isCancelled { return }
      await renew(text, entry)
    }
    keeper.withCache { $0.sweep(now: start) }
  }

  private func renew(_ text: String, _ entry: CredentialsCache.Entry) async {
    switch await keeper.ask(text, entry.token, Patience()) {
    case .success(let renewed):
      keeper.metrics.count(cache: "hit")
      keeper.withCache { $0.keep(renewed, for: text) }
    case .failure(let failure):
      let type = failure.isIrrecoverable ? "NonRecoverable" : "Recoverable"
      keeper.metrics.count(cacheError: type, code: failure.code)
      if failure.isIrrecoverable {
        keeper.log.info("credentials dropped", ["reason": .string(failure.reason)])
        keeper.withCache { $0.drop(entry, of: text) }
      } else {
        keeper.log.info("credentials not renewed, kept", ["reason": .string(failure.reason)])
        postpone(text, entry)
      }
    }
  }

  /// Tries again in one to two minutes, if the credentials are good for that long.
  private func postpone(_ text: String, _ entry: CredentialsCache.Entry) {
    let now = keeper.clock.now
    guard now + CredentialsCache.margin < entry.credentials.expires else { return }
    let pause = Duration.milliseconds(randomness.integer(in: 60_000...119_999))
    let time = min(entry.credentials.expires, now + pause)
    keeper.withCache { $0.postpone(entry, of: text, to: time) }
  }
}
