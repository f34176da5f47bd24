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
    settled({ content("/proc/\(pid)/environ") }, isStarting: { isStarting(pid) })
  }

  /// What is read of a process, once it is not just being replaced by another program: until then it
  /// shows neither words nor variables.
  static func settled(_ read: () -> [UInt8], isStarting: () -> Bool) -> [UInt8] {
    for _ in 0..<100 {
      let found = read()
      guard found.isEmpty, isStarting() else { return found }
      usleep(1_000)
    }
    return []
  }

  private static func isStarting(_ pid: pid_t) -> Bool {
    var first = CChar()
    // Kernel threads and those that have ended have no program.
    return readlink("/proc/\(pid)/exe", &first, 1) > 0 && content("/proc/\(pid)/cmdline").isEmpty
  }

  private static func content(_ path: String) -> [UInt8] { (try? SafeFile.read(path)) ?? [] }
}
