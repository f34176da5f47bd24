package import JSON
import Synchronization

/// Whom an event is about; parts that are not known are nil.
package struct EventSubject: Sendable, Hashable {
  package var namespace: String?
  package var serviceAccount: String?
  package var pod: String?

  /// A subject of these parts.
  package init(namespace: String? = nil, serviceAccount: String? = nil, pod: String? = nil) {
    self.namespace = namespace
    self.serviceAccount = serviceAccount
    self.pod = pod
  }
}

/// One thing a server did or refused, with the true reason.
///
/// It never carries a secret.
package struct Event: Sendable {
  /// What was asked, by the API's own name, such as `AssumeRoleForPodIdentity`.
  package var operation: String
  package var subject: EventSubject
  /// `ok`, or the code of the error that went over the wire.
  package var outcome: String
  /// The check that failed, such as `trust-policy`; nil when all passed.
  package var check: String?
  /// The reason in a sentence for the operator.
  package var reason: String?
  package var duration: Duration?
  package var requestID: String?
  /// Further members, such as `role` or `statement`.
  package var details: JSONObject
  /// Members as JSON texts, which are small to keep and read only when the event is asked for.
  package var texts: [(name: String, json: [UInt8])] = []

  /// An event.
  package init(
    operation: String, subject: EventSubject = EventSubject(), outcome: String = "ok",
    check: String? = nil, reason: String? = nil, duration: Duration? = nil,
    requestID: String? = nil, details: JSONObject = [:]
  ) {
    self.operation = operation
    self.subject = subject
    self.outcome = outcome
    self.check = check
    self.reason = reason
    self.duration = duration
    self.requestID = requestID
    self.details = details
  }
}

/// The last 10,000 events of a server, numbered from 1, for `GET /events` on its admin port.
package final class EventLog: Sendable {
  /// An event with its number and time; its JSON is made when it is asked for, since most never are.
  package struct Entry: Sendable {
    package let number: Int
    package let event: Event
    fileprivate let time: Instant
    fileprivate let service: String
  }
  private struct State {
    var next = 1
    var entries: [Entry] = []
    var followers: [Int: AsyncStream<Entry>.Continuation] = [:]
    var nextFollower = 0
  }
  private let service: String
  private let clock: any WallClock
  private let capacity: Int
  private let state = Mutex(State())

  /// The event log of one service.
  package init(service: String, clock: any WallClock = SystemClock(), capacity: Int = 10_000) {
    self.service = service
    self.clock = clock
    self.capacity = capacity
  }

  /// Keeps an event and tells those who follow.
  package func record(_ event: Event) {
    let time = clock.now
    let (entry, followers) = state.withLock { state in
      let entry = Entry(number: state.next, event: event, time: time, service: service)
      state.next += 1
      state.entries.append(entry)
      // Cut in batches: removing from the front moves everything behind it.
      if state.entries.count >= capacity + capacity / 4 {
        state.entries.removeFirst(state.entries.count - capacity)
      }
      return (entry, state.followers.isEmpty ? [] : Array(state.followers.values))
    }
    for follower in followers { follower.yield(entry) }
  }

  /// The kept events with a number above `number`, oldest first.
  package func entries(after number: Int) -> [Entry] {
    state.withLock { state in
      Array(state.entries.suffix(capacity).drop { $0.number <= number })
    }
  }

  /// The kept events above `number`, then each new one as it happens.
  package func follow(after number: Int) -> AsyncStream<Entry> {
    let (stream, continuation) = AsyncStream<Entry>.makeStream(
      bufferingPolicy: .bufferingNewest(capacity))
    let id = state.withLock { state in
      for entry in state.entries where entry.number > number { continuation.yield(entry) }
      state.nextFollower += 1
      state.followers[state.nextFollower] = continuation
      return state.nextFollower
    }
    continuation.onTermination = { [weak self] _ in
      _ = self?.state.withLock { $0.followers.removeValue(forKey: id) }
    }
    return stream
  }

  /// Forgets all events; numbers go on.
  package func clear() { state.withLock { $0.entries.removeAll() } }
}

extension EventLog.Entry {
  /// The line that is served.
  package var json: JSON {
    var line: JSONObject = [
      "time": .string(time.rfc3339Milli), "service": .string(service),
      "operation": .string(event.operation),
    ]
    var subject = JSONObject()
    subject["namespace"] = event.subject.namespace.map(JSON.string)
    subject["serviceAccount"] = event.subject.serviceAccount.map(JSON.string)
    subject["pod"] = event.subject.pod.map(JSON.string)
    if !subject.isEmpty { line["subject"] = .object(subject) }
    line["outcome"] = .string(event.outcome)
    line["check"] = event.check.map(JSON.string)
    line["reason"] = event.reason.map(JSON.string)
    line["durationMicroseconds"] = event.duration.map { .integer($0.nanoseconds / 1000) }
    line["requestId"] = event.requestID.map(JSON.string)
    for (name, value) in event.details { line[name] = value }
    for (name, text) in event.texts { line[name] = try? JSON.parse(text) }
    line["number"] = .integer(Int64(number))
    return .object(line)
  }
}
