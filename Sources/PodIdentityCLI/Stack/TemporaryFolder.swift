import Glibc
import Platform

/// The folder of an ephemeral stack: `podid-XXXXXX` below TMPDIR, this user's alone.
enum TemporaryFolder {
  /// Makes one; its path.
  static func make(_ environment: ProcessEnvironment) throws(CommandFailure) -> String {
    let wanted = environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
    // Where it really is: whoever removes it may be elsewhere, and follows no links.
    guard let resolved = realpath(wanted, nil) else {
      throw CommandFailure("TMPDIR \(wanted): \(String(cString: strerror(errno)))")
    }
    defer { free(resolved) }
    let base = String(cString: resolved)
    var template = Array("\(base)/podid-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw CommandFailure("\(base): \(String(cString: strerror(errno)))")
    }
    return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Removes one with all that is in it; a folder of another name stays.
  static func remove(_ path: String) {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    guard let name = parts.last, name.hasPrefix("podid-") else { return }
    let parent = parts.dropLast().joined(separator: "/")
    FolderWalk(path: parent.isEmpty ? "/" : parent)?.removeTree(String(name))
  }
}
