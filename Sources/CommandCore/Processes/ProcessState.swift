import JSON
import Platform

/// What the kernel tells of a process (proc(5), /proc/PID/stat).
package enum ProcessState {
  /// Whether it runs: one that has ended does not, though its parent has not taken note yet.
  package static func runs(_ pid: Int32) -> Bool {
    letter(of: pid).map { $0.bytes != "Z" } ?? false
  }

  /// Whether it was told to stand still.
  package static func isHalted(_ pid: Int32) -> Bool {
    letter(of: pid).map { ["T", "t"].contains($0.bytes) } ?? false
  }

  private static func letter(of pid: Int32) -> Substring? {
    guard pid > 0, let text = try? SafeFile.readText("/proc/\(pid)/stat", limit: 4096),
      let end = text.utf8.lastIndex(of: UInt8(ascii: ")"))
    else { return nil }
    // It follows the name, which may hold anything.
    return text[text.utf8.index(after: end)...].bytes.split(separator: " ").first
  }
}
