import Synchronization

/// The steps that may still be taken to decide over one request.
///
/// A policy of 10 KB whose variables stand for a header of 60 KB would take seconds, while real ones
/// take some thousand steps. Once all are spent nothing more matches and the request is denied.
final class PolicyWork: Sendable {
  /// Some ten milliseconds.
  static let limit = 2_000_000

  private let left = Atomic(PolicyWork.limit)

  /// Whether more was wanted than there was.
  var isSpent: Bool { left.load(ordering: .relaxed) < 0 }

  /// Takes steps; false where there are not as many.
  func take(_ steps: Int) -> Bool {
    left.subtract(steps, ordering: .relaxed).newValue >= 0
  }
}
