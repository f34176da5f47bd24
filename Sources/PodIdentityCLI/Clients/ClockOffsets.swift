import JSON

/// By how much the servers' clocks are moved.
enum ClockOffsets {
  /// The seconds of each server that answers within a time.
  static func read(
    _ admins: [AdminClient], timeout: Duration = .seconds(10)
  ) async -> [(service: String, seconds: Double)] {
    var offsets: [(service: String, seconds: Double)] = []
    for admin in admins {
      let state = try? await admin.send("GET", "/clock", timeout: timeout)
      guard let state else { continue }
      offsets.append((admin.server.service, state["offsetSeconds"]?.double ?? 0))
    }
    return offsets
  }
}
