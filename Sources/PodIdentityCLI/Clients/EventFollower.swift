import JSON

/// The events of several servers as one stream: those that are kept, then each as it happens.
struct EventFollower: Sendable {
  let admins: [AdminClient]
  /// Whether a server that goes away is asked again until it is back.
  var reconnects = false
  /// Called whenever a server's stream begins.
  var connected: @Sendable () -> Void = {}

  /// The events; the stream ends with its reader, or once all servers are gone.
  func events() -> AsyncStream<JSON> {
    AsyncStream { continuation in
      let task = Task {
        await withTaskGroup(of: Void.self) { group in
          for admin in admins { group.addTask { await follow(admin, continuation) } }
        }
        continuation.finish()
      }
      continuation.onTermination = { _ in task.cancel() }
    }
  }

  private func follow(_ admin: AdminClient, _ events: AsyncStream<JSON>.Continuation) async {
    var reached = EventPlace()
    while !Task.isCancelled {
      // What comes again with a new stream is left out; within one, numbers may come out of order.
      let last = reached
      do {
        var rest: [UInt8] = []
        let stream = try await admin.follow()
        connected()
        for try await piece in stream {
          rest += piece
          while let end = rest.firstIndex(of: 0x0A) {
            let line = Array(rest[..<end])
            rest.removeFirst(end + 1)
            guard let event = try? JSON.parse(line), last.isBefore(event) else { continue }
            reached.advance(to: event)
            events.yield(event)
          }
        }
      } catch {}
      guard reconnects else { return }
      try? await Task.sleep(for: .milliseconds(100))
    }
  }
}

/// How far a server's events have been read, across its restarts.
///
/// Numbers begin anew with each start of a server, times do not.
struct EventPlace {
  private var time = ""
  private var number: Int64 = 0

  private static func place(of event: JSON) -> (String, Int64) {
    (event["time"]?.string ?? "", event["number"]?.integer ?? 0)
  }

  /// Whether an event is one that was not read before.
  func isBefore(_ event: JSON) -> Bool { (time, number) < Self.place(of: event) }

  /// Steps to an event; never back.
  mutating func advance(to event: JSON) {
    if isBefore(event) { (time, number) = Self.place(of: event) }
  }
}
