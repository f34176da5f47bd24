package import Glibc

/// A point in time: nanoseconds since 1970-01-01T00:00:00Z, without leap seconds.
///
/// It reaches from 1677 to 2262; all arithmetic stops there, since the numbers are often of others.
package struct Instant: Sendable, Hashable, Comparable {
  /// Nanoseconds since the epoch.
  package var nanoseconds: Int64

  /// The instant so many nanoseconds after the epoch.
  package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  /// The instant that the kernel names, of a clock or of a file.
  package init(_ time: timespec) {
    let whole = Instant(seconds: Int64(time.tv_sec)).nanoseconds
    // Without a Duration, whose 128 bits cost more than the reading of the clock.
    let (sum, overflow) = whole.addingReportingOverflow(Int64(time.tv_nsec))
    self = Instant(nanoseconds: overflow ? .max : sum)
  }

  /// The instant so many seconds after the epoch; beyond the year 2262 it stops at the last one.
  package init(seconds: Int64) {
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    nanoseconds = overflow ? (seconds < 0 ? .min : .max) : product
  }

  /// The instant so many seconds after the epoch, with a fraction; nil for what is no number or
  /// beyond the years that can be told.
  package init?(fractionalSeconds seconds: Double) {
    let whole = seconds.rounded(.down)
    let limit: Int64 = .max / 1_000_000_000
    guard let count = Int64(exactly: whole), -limit < count, count < limit else { return nil }
    let fraction = Int64(((seconds - whole) * 1e9).rounded())
    self = Instant(seconds: count) + .nanoseconds(fraction)
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
  package var fraction: Int64 {
    let remainder = nanoseconds % 1_000_000_000
    return remainder < 0 ? remainder + 1_000_000_000 : remainder
  }

  /// The instant with the fraction of its second cut off.
  package var wholeSeconds: Instant { Instant(seconds: seconds) }

  package static func < (left: Instant, right: Instant) -> Bool {
    left.nanoseconds < right.nanoseconds
  }

  package static func + (instant: Instant, duration: Duration) -> Instant {
    if duration == .zero { return instant }
    let (sum, overflow) = instant.nanoseconds.addingReportingOverflow(duration.nanoseconds)
    return Instant(nanoseconds: overflow ? (duration < .zero ? .min : .max) : sum)
  }

  package static func - (instant: Instant, duration: Duration) -> Instant {
    let (difference, overflow) = instant.nanoseconds.subtractingReportingOverflow(
      duration.nanoseconds)
    return Instant(nanoseconds: overflow ? (duration < .zero ? .max : .min) : difference)
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
    let (sum, isBeyond) = product.addingReportingOverflow(attoseconds / 1_000_000_000)
    return isBeyond ? (seconds < 0 ? .min : .max) : sum
  }

  /// The duration in seconds.
  package var inSeconds: Double { Double(nanoseconds) / 1e9 }
}
