package import JSON
package import Platform
import PodIdentity

/// By how much the servers' clocks are moved.
package enum ClockOffsets {
  /// The seconds of each server that answers within a time.
  package static func read(
    _ admins: [AdminClient], timeout: Duration = .seconds(10)
  ) async -> [(service: String, seconds: Double)] {
    var offsets: [(service: String, seconds: Double)] = []
    for admin in admins {
      let state = try? await admin.send("GET", "/clock", timeout: timeout)
      guard let state else { continue }
      offsets.append((admin.server.service, seconds(of: state)))
    }
    return offsets
  }

  /// The time of aws-api, whose clock may be moved; the machine's where it does not tell.
  package static func now(_ admins: [AdminClient], _ clock: any WallClock) async -> Instant {
    let offsets = await read(admins.filter { $0.isOf(.awsAPI) })
    return clock.now + .seconds(offsets.first?.seconds ?? 0)
  }

  /// The seconds that a server answers, within the century that a clock can be moved by.
  package static func seconds(of state: JSON) -> Double {
    let limit = 3_200_000_000.0
    guard let seconds = state["offsetSeconds"]?.double, !seconds.isNaN else { return 0 }
    return min(max(seconds, -limit), limit)
  }
}
