import JSON
import Synchronization

/// How the Go SDK's standard retryer, which AWS's agent uses, goes on after a failed try.
///
/// A quota bounds the tries beyond the first: in a long outage each call fails after one.
final class RetryQuota: Sendable {
  /// Tries of a call, the first one included.
  static let tries = 3
  private static let capacity = 500
  private static let cost = 5
  private static let timeoutCost = 10

  private static let statuses: Set<Int> = [500, 502, 503, 504]
  /// Codes that are tried again whatever their status: throttling, timeouts, clocks that differ.
  private static let codes: Set<ByteText> = [
    "BandwidthLimitExceeded", "EC2ThrottledException", "LimitExceededException",
    "PriorRequestNotComplete", "ProvisionedThroughputExceededException", "RequestExpired",
    "RequestInTheFuture", "RequestLimitExceeded", "RequestThrottled", "RequestThrottledException",
    "RequestTimeTooSkewed", "RequestTimeout", "RequestTimeoutException", "SlowDown",
    "ThrottledException",
    "Throttling", "ThrottlingException", "TooManyRequestsException",
    "TransactionInProgressException",
  ]

  private let left: Mutex<Int>

  /// A full quota.
  init() { left = Mutex(Self.capacity) }

  /// How much is left, for tests.
  var available: Int { left.withLock { $0 } }

  /// Pays for another try after a failure; nil where none is made.
  func pay(for failure: UpstreamFailure) -> Int? {
    guard Self.isTransient(failure) else { return nil }
    let cost = Self.isTimeout(failure) ? Self.timeoutCost : Self.cost
    return left.withLock { left in
      guard left >= cost else { return nil }
      left -= cost
      return cost
    }
  }

  /// Notes a try that succeeded: it gives back what was paid for it, and a little for the others.
  func succeeded(paid: Int) { left.withLock { $0 = min(Self.capacity, $0 + paid + 1) } }

  private static func isTransient(_ failure: UpstreamFailure) -> Bool {
    switch failure {
    case .answered(let status, _, let code, _):
      statuses.contains(status) || codes.contains(code.bytes)
    case .cut, .unreachable, .timedOut: true
    case .abandoned, .local, .incomplete: false
    }
  }

  private static func isTimeout(_ failure: UpstreamFailure) -> Bool {
    switch failure {
    case .timedOut, .cut(_, _, isLate: true): true
    default: false
    }
  }
}
