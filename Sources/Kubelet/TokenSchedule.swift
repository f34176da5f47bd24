package import Platform

/// When a projected token is renewed (kubernetes/kubernetes `pkg/kubelet/token/token_manager.go`).
package enum TokenSchedule {
  /// At 80 % of its life or after a day, less a jitter of at most ten seconds.
  ///
  /// For lives under 100 s, which a cluster of ours may issue, the jitter is a tenth of the life.
  package static func renewal(issued: Instant, expires: Instant, jitter: Double) -> Instant {
    let life = max(0, (expires - issued).nanoseconds)
    let day: Int64 = 86_400 * 1_000_000_000
    let age = min(life / 5 * 4, day)
    let spread = Double(min(10 * 1_000_000_000, life / 10))
    return issued + .nanoseconds(age - Int64(spread * min(max(jitter, 0), 1)))
  }
}
