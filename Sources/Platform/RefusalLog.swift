import JSON
import Synchronization

/// What was refused, as lines of a server's log: at info what apps were refused, at debug the rest.
struct RefusalLog: Sendable {
  /// So many lines a second are written at most: whoever calls without an identity is refused too.
  private static let most = 50

  private final class Counter: Sendable {
    let state = Mutex((second: Int64(0), lines: 0, left: 0))
  }
  private let log: Log
  private let counter = Counter()

  init(_ log: Log) { self.log = log }

  /// Writes a line about an event whose check failed.
  func note(_ event: Event, at time: Instant) {
    guard let check = event.check, event.outcome.bytes != "ok" else { return }
    let level = event.origin == .app ? LogLevel.info : .debug
    guard log.isEnabled(level) else { return }
    let left: Int? = counter.state.withLock { state in
      if state.second != time.seconds { (state.second, state.lines) = (time.seconds, 0) }
      guard state.lines < Self.most else {
        state.left += 1
        return nil
      }
      state.lines += 1
      defer { state.left = 0 }
      return state.left
    }
    guard let left else { return }
    var fields: JSONObject = ["operation": .string(event.operation)]
    let subject = [event.subject.namespace, event.subject.serviceAccount].compactMap(\.self)
    if !subject.isEmpty { fields["subject"] = .string(subject.joined(separator: "/")) }
    fields["pod"] = event.subject.pod.map(JSON.string)
    fields["outcome"] = .string(event.outcome)
    fields["check"] = .string(check.name)
    fields["reason"] = event.reason.map(JSON.string)
    fields["requestId"] = event.requestID.map(JSON.string)
    if left > 0 { fields["linesLeftOut"] = .integer(Int64(left)) }
    log(level, "refused", fields)
  }
}
