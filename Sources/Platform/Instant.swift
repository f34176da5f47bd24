package import Glibc

/// A point in time: nanoseconds since 1970-01-01T00:00:00Z, without leap seconds.
package struct Instant: Sendable, Hashable, Comparable {
  /// Nanoseconds since the epoch.
  package var nanoseconds: Int64

  /// The instant so many nanoseconds after the epoch.
  package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  /// The instant that the kernel names, of a clock or of a file.
  package init(_ time: timespec) {
    nanoseconds = Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  /// The instant so many seconds after the epoch; beyond the year 2262 it stops at the last one.
  package init(seconds: Int64) {
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    nanoseconds = overflow ? (seconds < 0 ? .min : .max) : product
  }

  /// Whole seconds since the epoch, rounded down.
  package var seconds: Int64 {
    let (quotient, remainder) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
    return remainder < 0 ? quotient - 1 : quotient
  }

  /// Seconds since the epoch with milliseconds, as EKS writes times.
  package var secondsWithMilliseconds: Double {
    Double((nanoseconds / 1_000_000)) / 1000
  }

  /// The nanoseconds within the second, 0 to 999,999,999.
  package var fraction: Int64 { nanoseconds - seconds * 1_000_000_000 }

  /// The instant with the fraction of its second cut off.
  package var wholeSeconds: Instant { Instant(seconds: seconds) }

  package static func < (left: Instant, right: Instant) -> Bool {
    left.nanoseconds < right.nanoseconds
  }

  package static func + (instant: Instant, duration: Duration) -> Instant {
    let (sum, overflow) = instant.nanoseconds.addingReportingOverflow(duration.nanoseconds)
    return Instant(nanoseconds: overflow ? (duration < .zero ? .min : .max) : sum)
  }

  package static func - (instant: Instant, duration: Duration) -> Instant {
    instant + (.zero - duration)
  }

  /// The time from `right` to `left`.
  package static func - (left: Instant, right: Instant) -> Duration {
    let (difference, overflow) = left.nanoseconds.subtractingReportingOverflow(right.nanoseconds)
    return .nanoseconds(overflow ? (left < right ? .min : .max) : difference)
  }
}

extension Duration {
  /// The duration in nanoseconds, stopping at the limits of 64 bits.
  package var nanoseconds: Int64 {
    let (seconds, attoseconds) = components
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    guard !overflow else { return seconds < 0 ? .min : .max }
    return product + attoseconds / 1_000_000_000
  }

  /// The duration in seconds.
  package var inSeconds: Double { Double(nanoseconds) / 1e9 }
}
