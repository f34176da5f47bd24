import HTTP
package import JSON

/// The events of several servers as one stream: those that are kept, then each as it happens.
package struct EventFollower: Sendable {
  /// The servers that are followed, each by a stream of its own.
  package let admins: [AdminClient]
  /// Whether a server that goes away is asked again until it is back.
  var reconnects = false
  /// The number of each server's last event that is known already; a server that is not named begins
  /// with all that it keeps.
  package var since: [Int] = []
  /// Called with a server's name whenever its stream begins.
  var connected: @Sendable (String) -> Void = { _ in }
  /// Returns after so long, or when the task is cancelled.
  ///
  /// A server that is away tells nobody that it is back: its port is tried again and again, as long as
  /// somebody reads.
  var pause: @Sendable (Duration) async -> Void = { try? await Task.sleep(for: $0) }

  /// Of these servers.
  package init(
    admins: [AdminClient], reconnects: Bool = false, since: [Int] = [],
    connected: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.admins = admins
    self.reconnects = reconnects
    self.since = since
    self.connected = connected
  }

  /// The events; the stream ends with its reader, or once all servers are gone.
  package func events() -> AsyncStream<JSON> {
    AsyncStream { continuation in
      let task = Task {
        await withTaskGroup(of: Void.self) { group in
          for (index, admin) in admins.enumerated() {
            let number = index < since.count ? since[index] : 0
            group.addTask { await follow(admin, since: number, continuation) }
          }
        }
        continuation.finish()
      }
      continuation.onTermination = { _ in task.cancel() }
    }
  }

  private func follow(
    _ admin: AdminClient, since number: Int, _ events: AsyncStream<JSON>.Continuation
  ) async {
    var number = number
    var lines = EventLines()
    while !Task.isCancelled {
      lines.begin()
      do {
        let stream = try await admin.follow(since: number)
        // A server that starts again numbers from 1.
        number = 0
        connected(admin.server.service)
        for try await piece in stream {
          guard let found = lines.take(piece) else { break }
          for event in found { events.yield(event) }
        }
      } catch {}
      guard reconnects else { return }
      await pause(.milliseconds(100))
    }
  }
}

/// A server's events out of the pieces of its streams, each once.
struct EventLines {
  /// The longest line of an event, in bytes.
  static let limit = 8 << 20

  private var rest: [UInt8] = []
  private var reached = EventPlace()
  /// What was reached before this stream: what comes again with a new one is left out; within one,
  /// numbers may come out of order.
  private var last = EventPlace()

  /// A new stream begins.
  mutating func begin() { (rest, last) = ([], reached) }

  /// The events that a piece completes and that are not known yet; nil where a line is longer than any
  /// event: what answers is no admin port.
  mutating func take(_ piece: [UInt8]) -> [JSON]? {
    rest += piece
    guard rest.count <= Self.limit else { return nil }
    var events: [JSON] = []
    while let end = rest.firstIndex(of: 0x0A) {
      let line = Array(rest[..<end])
      rest.removeFirst(end + 1)
      guard let event = try? JSON.parse(line), last.isBefore(event) else { continue }
      reached.advance(to: event)
      events.append(event)
    }
    return events
  }
}

/// How far a server's events have been read, across its restarts.
///
/// Numbers begin anew with each start of a server, times do not.
struct EventPlace {
  private var time: ByteText = ""
  private var number: Int64 = 0

  private static func place(of event: JSON) -> (ByteText, Int64) {
    ((event["time"]?.string ?? "").bytes, event["number"]?.integer ?? 0)
  }

  /// Whether an event is one that was not read before.
  func isBefore(_ event: JSON) -> Bool { (time, number) < Self.place(of: event) }

  /// Steps to an event; never back.
  mutating func advance(to event: JSON) {
    if isBefore(event) { (time, number) = Self.place(of: event) }
  }
}
