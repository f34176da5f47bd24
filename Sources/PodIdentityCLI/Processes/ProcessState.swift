import Platform

/// What the kernel tells of a process (proc(5), /proc/PID/stat).
enum ProcessState {
  /// Whether it runs: one that has ended does not, though its parent has not taken note yet.
  static func runs(_ pid: Int32) -> Bool {
    guard let text = try? SafeFile.readText("/proc/\(pid)/stat", limit: 4096),
      let end = text.lastIndex(of: ")")
    else { return false }
    // The state follows the name, which may hold anything.
    return text[text.index(after: end)...].split(separator: " ").first != "Z"
  }
}
