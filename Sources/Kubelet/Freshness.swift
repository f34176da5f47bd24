package import Platform
import Synchronization

/// Until when the files of a pod are fresh, as its worker knows it.
package final class Freshness: Sendable {
  private let until = Mutex<Instant?>(nil)

  /// Nothing is written yet.
  package init() {}

  /// Takes the time of the next renewal; nil where nothing is to be renewed any more.
  func set(_ next: Instant?) {
    until.withLock { $0 = next ?? Instant(nanoseconds: .max) }
  }

  /// Whether a renewal is due: files that were never written are not waited for.
  package func isStale(at now: Instant) -> Bool {
    until.withLock { until in until.map { $0 <= now } ?? false }
  }
}
