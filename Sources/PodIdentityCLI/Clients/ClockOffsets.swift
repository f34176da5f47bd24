import JSON

/// By how much the servers' clocks are moved.
enum ClockOffsets {
  /// The seconds of each server that answers.
  static func read(_ admins: [AdminClient]) async -> [(service: String, seconds: Double)] {
    var offsets: [(service: String, seconds: Double)] = []
    for admin in admins {
      let state = try? await admin.send("GET", "/clock", timeout: .seconds(2))
      guard let state else { continue }
      offsets.append((admin.server.service, state["offsetSeconds"]?.double ?? 0))
    }
    return offsets
  }
}
