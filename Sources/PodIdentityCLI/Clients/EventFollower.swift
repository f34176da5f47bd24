import JSON

/// The events of several servers as one stream: those that are kept, then each as it happens.
struct EventFollower: Sendable {
  let admins: [AdminClient]
  /// Whether a server that goes away is asked again until it is back.
  var reconnects = false

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
    var last = Place()
    while !Task.isCancelled {
      do {
        var rest: [UInt8] = []
        for try await piece in try await admin.follow() {
          rest += piece
          while let end = rest.firstIndex(of: 0x0A) {
            let line = Array(rest[..<end])
            rest.removeFirst(end + 1)
            guard let event = try? JSON.parse(line), last.passes(event) else { continue }
            events.yield(event)
          }
        }
      } catch {}
      guard reconnects else { return }
      try? await Task.sleep(for: .milliseconds(100))
    }
  }

  /// How far the stream of one server was read.
  ///
  /// A server that began anew counts anew, so the time decides first.
  private struct Place {
    var time = ""
    var number: Int64 = 0

    /// Whether an event is a new one; it is the last one then.
    mutating func passes(_ event: JSON) -> Bool {
      let found = Place(
        time: event["time"]?.string ?? "", number: event["number"]?.integer ?? 0)
      guard (found.time, found.number) > (time, number) else { return false }
      self = found
      return true
    }
  }
}
