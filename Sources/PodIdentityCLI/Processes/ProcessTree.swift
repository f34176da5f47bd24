import Glibc
import Platform

/// Who descends from whom, as the kernel tells (proc(5), /proc/PID/stat).
enum ProcessTree {
  /// The processes below one, those of `kept` and what is below them left out.
  static func below(_ root: pid_t, except kept: Set<pid_t>) -> Set<pid_t> {
    var children: [pid_t: [pid_t]] = [:]
    for name in FolderWalk(path: "/proc")?.names() ?? [] {
      guard let pid = pid_t(name), let parent = parent(of: pid) else { continue }
      children[parent, default: []].append(pid)
    }
    var found: Set<pid_t> = []
    var waiting = [root]
    while let next = waiting.popLast() {
      for child in children[next] ?? [] where !kept.contains(child) {
        if found.insert(child).inserted { waiting.append(child) }
      }
    }
    return found
  }

  /// Whether a process runs: one that has ended does not, though its parent has not taken note.
  static func runs(_ pid: pid_t) -> Bool { parent(of: pid) != nil }

  /// The parent of a process that runs; nil for one that has ended.
  private static func parent(of pid: pid_t) -> pid_t? {
    guard let text = try? SafeFile.readText("/proc/\(pid)/stat", limit: 4096),
      let end = text.lastIndex(of: ")")
    else { return nil }
    // After the name, which may hold anything: the state, the parent.
    let fields = text[text.index(after: end)...].split(separator: " ")
    guard fields.count > 1, fields[0] != "Z" else { return nil }
    return pid_t(fields[1])
  }
}
