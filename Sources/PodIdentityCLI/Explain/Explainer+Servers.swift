import JSON
import Platform

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
          mend: Mend.both("rm \(Mend.quoted(stack.path))", stack.upAgain))
      }
      silent.append(admin.server)
    }
    guard let first = silent.first else { return }
    let names = silent.map(\.service).joined(separator: " and ")
    guard stack.isOwn else {
      throw ExplainStop(
        "servers", "\(names) does not answer at \(first.admin)", mend: stack.restart(first.service))
    }
    if let halted = silent.first(where: { ProcessState.isHalted($0.pid) }) {
      throw ExplainStop(
        "servers", "\(halted.service) (pid \(halted.pid)) is halted, by Ctrl-Z or a debugger",
        mend: "kill -CONT \(halted.pid)")
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
        mend: "podid clock reset")
    }
    if let offset = offsets.first?.seconds, offset != 0 {
      warn(
        "clock",
        "all servers' clocks are moved by \(Int(offset)) s; programs see the real time, and may "
          + "take credentials for older or newer than they are", mend: "podid clock reset")
    }
  }
}

extension StackInfo {
  /// The command that starts the stack again, where it was.
  var upAgain: String {
    let folder = StackFinder.currentFolder()
    let parts = state.split(separator: "/")
    let isTemporary = parts.count > 1 && parts[parts.count - 2].hasPrefix("podid-")
    var words = ["podid up --detach"]
    if isTemporary { words.append("--ephemeral") }
    if !isTemporary, state != "\(folder)/.podid/state" {
      words.append("--state \(Mend.quoted(state))")
    }
    if path != "\(folder)/.podid/stack.json" {
      words.append("--stack-file \(Mend.quoted(path))")
    }
    let urls = [
      "kubernetes": kubernetesURL, "aws": awsURL, "s3": s3URL, "agent": agentURL,
      "probe": probeURL, "metrics": json.at("agent", "metrics")?.string ?? "",
    ]
    var moved: [String] = []
    for listener in StackOptions.listeners {
      guard let flag = listener.flag, let url = urls[listener.name] else { continue }
      let parts = url.split(separator: "/", omittingEmptySubsequences: false)
      guard parts.count > 2, parts[2] != listener.standard.text else { continue }
      moved.append("--\(flag) \(parts[2])")
    }
    // The admin ports have no flag; where the others were moved, theirs may be taken.
    return (words + (moved.isEmpty ? [] : ["--free-ports"]) + moved).joined(separator: " ")
  }
}
