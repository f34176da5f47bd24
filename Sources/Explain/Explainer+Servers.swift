import CommandCore
import JSON
import Platform
import PodIdentity

/// The servers and their clocks.
extension Explainer {
  /// Stops where a server does not answer.
  func servers() async throws(ExplainStop) {
    var silent: [StackInfo.Server] = []
    for admin in admins {
      let health = await admin.health()
      if let health {
        guard stack.isOwn, health.pid != admin.server.pid else { continue }
        throw ExplainStop(
          "servers",
          "another process than that of \(stack.path) answers as \(admin.server.service); the "
            + "stack file is an old one",
          mend: .all(.shell("rm \(Mend.quoted(stack.path))"), stack.upAgain))
      }
      silent.append(admin.server)
    }
    guard let first = silent.first else { return }
    let names = silent.map(\.service).joined(separator: " and ")
    guard stack.isOwn else {
      throw ExplainStop(
        "servers", "\(names) does not answer at \(first.admin)",
        mend: stack.restart(ServerName(named: first.service)))
    }
    if let halted = silent.first(where: { ProcessState.isHalted($0.pid) }) {
      throw ExplainStop(
        "servers", "\(halted.service) (pid \(halted.pid)) is halted, by Ctrl-Z or a debugger",
        mend: .shell("kill -CONT \(halted.pid)"))
    }
    guard silent.count == admins.count else {
      throw ExplainStop(
        "servers", "\(names) does not answer at \(first.admin)", mend: stack.restart())
    }
    throw ExplainStop("servers", "no server of \(stack.path) runs", mend: stack.upAgain)
  }

  /// Stops where the servers do not agree on the time.
  mutating func clocks() async throws(ExplainStop) {
    let offsets = await ClockOffsets.read(admins)
    let list = offsets.map { "\($0.service) \(Int($0.seconds)) s" }.joined(separator: ", ")
    guard Set(offsets.map(\.seconds)).count <= 1 else {
      throw ExplainStop(
        "clock", "the servers' clocks are moved, not all by the same: \(list)",
        mend: .podid("clock reset"))
    }
    if let offset = offsets.first?.seconds, offset != 0 {
      clockOffset = .seconds(offset)
      warn(
        "clock",
        "all servers' clocks are moved by \(Int(offset)) s; programs see the real time, and may "
          + "take credentials for older or newer than they are", mend: .podid("clock reset"))
    }
  }
}
