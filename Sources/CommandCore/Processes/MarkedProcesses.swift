import Glibc
import Platform

/// The processes of one ephemeral stack, wherever in the tree they are: its servers, the command
/// around which it stands, and all that the command started.
///
/// Likewise those of a detached stack that is being started.
///
/// They are known by a variable in the environment that they were started with, which is handed on
/// to children and can be read of every process of this user (proc(5), /proc/PID/environ).
package enum MarkedProcesses {
  /// The variable of an ephemeral stack; its value is the folder of the stack.
  package static let variable = "PODID_GUARDED"

  /// Those whose value is this folder, or something below it.
  package static func of(_ folder: String, by variable: String) -> [Int32] {
    let all = (FolderWalk(path: "/proc")?.names() ?? []).compactMap { pid_t($0) }
    return all.filter { $0 != getpid() && has($0, markOf: folder, by: variable) }
  }

  /// Whether a process has the value of this folder, or of something below it.
  package static func has(_ pid: Int32, markOf folder: String, by variable: String) -> Bool {
    let mark = Array("\(variable)=\(folder)".utf8)
    return environment(of: pid).split(separator: 0).contains {
      $0.starts(with: mark) && ($0.count == mark.count || $0.dropFirst(mark.count).first == 0x2F)
    }
  }

  /// The environment that a process was started with; empty where it has ended, or is another's.
  private static func environment(of pid: pid_t) -> [UInt8] {
    // One that is just being replaced by another program shows neither words nor variables yet.
    for _ in 0..<100 {
      let found = content("/proc/\(pid)/environ")
      guard found.isEmpty, isStarting(pid) else { return found }
      usleep(1_000)
    }
    return []
  }

  private static func isStarting(_ pid: pid_t) -> Bool {
    var first = CChar()
    // Kernel threads and those that have ended have no program.
    return readlink("/proc/\(pid)/exe", &first, 1) > 0 && content("/proc/\(pid)/cmdline").isEmpty
  }

  private static func content(_ path: String) -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return [] }
    defer { close(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 16_384)
    while true {
      let count = read(file, &chunk, chunk.count)
      guard count > 0 else { return bytes }
      bytes += chunk[..<count]
    }
  }
}
