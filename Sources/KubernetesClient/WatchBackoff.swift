import HTTP
import JSON
import Platform

/// How long a watch waits before it asks again.
///
/// Watches that end without having brought anything wait from 0.8 to 30 s, as client-go's reflector
/// (`tools/cache/reflector.go`, `NewExponentialBackoffManager(800ms, 30s, 2min, 2.0, 1.0)`). The first
/// such end is answered sooner, and a server that is away is asked again within two seconds: both
/// happen whenever a stack of this machine restarts.
struct WatchBackoff: Sendable {
  /// How a list or a watch ended.
  enum End: Sendable {
    /// The server could not be asked.
    case unavailable
    /// The watch was served for so long, and brought an object or stayed open for ``lasting``.
    case served(Duration)
    /// The watch ended, expired or failed without bringing anything.
    case empty
  }

  /// A watch that stayed open for so long is a good one even if nothing changed meanwhile: an API
  /// server ends each after some minutes.
  static let lasting: Duration = .seconds(30)

  private var failures = 0
  private var empties = 0
  private var cuts = 0

  /// A list was answered.
  mutating func listed() { failures = 0 }

  /// The pause after an end; `jitter` is from 0 to 1 and adds up to as much again.
  mutating func pause(after end: End, jitter: Double) -> Duration {
    var milliseconds: Int
    switch end {
    case .unavailable:
      failures = min(failures + 1, 16)
      milliseconds = min(2000, 50 << min(failures, 6))
    case .served(let time):
      empties = 0
      // A server that cuts each watch short is not asked at full speed either.
      cuts = time < .seconds(1) ? min(cuts + 1, 16) : 0
      milliseconds = min(2000, 50 << min(cuts, 6))
    case .empty:
      milliseconds = empties == 0 ? 50 : min(30_000, 800 << min(empties - 1, 6))
      empties = min(empties + 1, 16)
    }
    milliseconds += Int(Double(milliseconds) * min(max(jitter, 0), 1))
    return .milliseconds(min(milliseconds, 30_000))
  }
}

/// What a watch asks of the world around it, so that tests need no server and no time.
struct WatchWorld: Sendable {
  /// The answer to a list.
  var list: @Sendable (_ target: String) async throws(KubernetesError) -> JSON
  /// The answer to a watch.
  var open: @Sendable (_ target: String) async throws(KubernetesError) -> HTTPClientStream
  /// Returns after so long, or when the task is cancelled.
  var sleep: @Sendable (Duration) async -> Void = { try? await Task.sleep(for: $0) }
  /// The time since any moment, on a clock that only goes forward.
  var uptime: @Sendable () -> Duration = { ContinuousClock.now - WatchWorld.start }
  /// A number from 0 to 1.
  var jitter: @Sendable () -> Double = {
    Double(Randomness.system.integer(in: 0...1000)) / 1000
  }

  private static let start = ContinuousClock.now
}
