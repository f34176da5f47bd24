import JSON
import Platform

extension StackInfo {
  /// The command that starts the stack again, where it was.
  package var upAgain: MendCommand {
    let folder = (try? StackFinder.currentFolder()) ?? ""
    let parts = state.bytes.split(separator: "/")
    let isTemporary = parts.count > 1 && parts[parts.count - 2].bytes.hasPrefix("podid-")
    var words = ["up --detach"]
    if isTemporary { words.append("--ephemeral") }
    // A default state that the register may not have is named too.
    if !isTemporary, entry == nil || state.bytes != "\(folder)/.podid/state".bytes {
      words.append("--state \(Mend.quoted(state))")
    }
    if path.bytes != "\(folder)/.podid/stack.json" {
      words.append("--stack-file \(Mend.quoted(path))")
    }
    let urls: [ByteText: String] = [
      "kubernetes": kubernetesURL, "aws": awsURL, "s3": s3URL, "agent": agentURL,
      "probe": probeURL, "metrics": json.at("agent", "metrics")?.string ?? "",
    ]
    var moved: [String] = []
    for listener in StackOptions.listeners {
      guard let flag = listener.flag, let url = urls[listener.name.bytes] else { continue }
      let parts = url.bytes.split(separator: "/", omittingEmptySubsequences: false)
      guard parts.count > 2, parts[2].bytes != listener.standard.text.bytes else { continue }
      moved.append("--\(flag) \(parts[2])")
    }
    // The admin ports have no flag; where the others were moved, theirs may be taken.
    return .podid(
      (words + (moved.isEmpty ? [] : ["--free-ports"]) + moved).joined(separator: " "),
      losesStack: isTemporary)
  }
}
