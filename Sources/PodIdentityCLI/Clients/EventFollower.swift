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
    var last = EventPlace()
    while !Task.isCancelled {
      do {
        var rest: [UInt8] = []
        let stream = try await admin.follow()
        connected()
        for try await piece in stream {
          rest += piece
          while let end = rest.firstIndex(of: 0x0A) {
            let line = Array(rest[..<end])
            rest.removeFirst(end + 1)
            guard let event = try? JSON.parse(line), last.advance(to: event) else { continue }
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
struct EventPlace {
  private var time = ""
  private var number: Int64 = 0

  /// Steps to an event; false for one that was read before.
  ///
  /// Numbers begin anew with each start of a server, times do not.
  mutating func advance(to event: JSON) -> Bool {
    let time = event["time"]?.string ?? ""
    let number = event["number"]?.integer ?? 0
    guard (time, number) > (self.time, self.number) else { return false }
    self.time = time
    self.number = number
    return true
  }
}
