import Platform

/// What the kernel tells of a process (proc(5), /proc/PID/stat).
package enum ProcessState {
  /// Whether it runs: one that has ended does not, though its parent has not taken note yet.
  package static func runs(_ pid: Int32) -> Bool { letter(of: pid).map { $0 != "Z" } ?? false }

  /// Whether it was told to stand still.
  package static func isHalted(_ pid: Int32) -> Bool { ["T", "t"].contains(letter(of: pid)) }

  private static func letter(of pid: Int32) -> Substring? {
    guard pid > 0, let text = try? SafeFile.readText("/proc/\(pid)/stat", limit: 4096),
      let end = text.lastIndex(of: ")")
    else { return nil }
    // It follows the name, which may hold anything.
    return text[text.index(after: end)...].split(separator: " ").first
  }
}
