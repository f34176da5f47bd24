package import JSON
import Synchronization

/// The last 10,000 events of a server, with 16 MiB of texts at most, numbered from 1, for
/// `GET /events` on its admin port.
package final class EventLog: Sendable {
  /// An event with its number and time; its JSON is made when it is asked for, since most never are.
  package struct Entry: Sendable {
    package fileprivate(set) var number: Int
    package let event: Event
    fileprivate let time: Instant
    fileprivate let service: String
    /// The bytes of what callers may choose.
    fileprivate let size: Int
  }
  private struct State {
    var next = 1
    var entries: [Entry] = []
    /// The sizes of all entries together.
    var bytes = 0
    var followers: [Int: AsyncStream<Entry>.Continuation] = [:]
    var nextFollower = 0

    /// Forgets the oldest entries.
    mutating func drop(_ count: Int) {
      bytes -= entries.prefix(count).reduce(0) { $0 + $1.size }
      entries.removeFirst(count)
    }
  }
  private let service: String
  private let clock: any WallClock
  private let capacity: Int
  private let byteCapacity: Int
  private let refusals: RefusalLog
  private let state = Mutex(State())

  /// The event log of one service, which tells `log` what is refused.
  package init(
    service: String, clock: any WallClock = SystemClock(), capacity: Int = 10_000,
    byteCapacity: Int = 16 << 20, log: Log = .none
  ) {
    refusals = RefusalLog(log)
    self.service = service
    self.clock = clock
    self.capacity = capacity
    self.byteCapacity = byteCapacity
  }

  /// Keeps an event and tells those who follow.
  ///
  /// Texts of callers, such as the names in a token that nobody has verified, are cut to what real
  /// ones have.
  package func record(_ event: consuming Event) {
    let time = clock.now
    var measure = event.measure
    if !measure.isBounded {
      event = event.bounded
      measure = event.measure
    }
    refusals.note(event, at: time)
    var entry = Entry(
      number: 0, event: event, time: time, service: service, size: measure.bytes)
    let followers = state.withLock { state in
      entry.number = state.next
      state.next += 1
      state.bytes += entry.size
      state.entries.append(entry)
      // Cut in batches: removing from the front moves everything behind it.
      if state.entries.count >= capacity + capacity / 4 {
        state.drop(state.entries.count - capacity)
      }
      if state.bytes >= byteCapacity + byteCapacity / 4 {
        var (count, left) = (0, state.bytes)
        while left > byteCapacity, count < state.entries.count - 1 {
          left -= state.entries[count].size
          count += 1
        }
        state.drop(count)
      }
      return state.followers.isEmpty ? [] : Array(state.followers.values)
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
  package func clear() { state.withLock { $0.drop($0.entries.count) } }
}

extension EventLog.Entry {
  /// The line that is served, without what looks like a secret.
  package var text: String { SecretText.redacted(json.text()) }

  /// The event as it was recorded.
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
    line["check"] = (event.check?.name).map(JSON.string)
    line["reason"] = event.reason.map(JSON.string)
    line["durationMicroseconds"] = event.duration.map { .integer($0.nanoseconds / 1000) }
    line["origin"] = .string(event.origin.rawValue)
    line["requestId"] = event.requestID.map(JSON.string)
    for (name, value) in event.details { line[name] = value }
    for (name, text) in event.texts { line[name] = try? JSON.parse(text) }
    line["number"] = .integer(Int64(number))
    return .object(line)
  }
}
