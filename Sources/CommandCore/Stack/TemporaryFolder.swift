import Glibc
import JSON
package import Platform

/// The folder of an ephemeral stack: `podid-` and random letters below TMPDIR, this user's alone.
package enum TemporaryFolder {
  /// Where one can be made: whoever is to remove it knows of it before it is there.
  package static func path(
    _ environment: ProcessEnvironment, _ randomness: Randomness
  ) throws(CommandFailure) -> String {
    let wanted = environment.said("TMPDIR") ?? "/tmp"
    // Where it really is: whoever removes it may be elsewhere, and follows no links.
    guard let resolved = realpath(wanted, nil) else {
      throw CommandFailure("TMPDIR \(wanted): \(String(cString: strerror(errno)))")
    }
    defer { free(resolved) }
    let base = String(cString: resolved)
    let name = randomness.string(12, from: "abcdefghijklmnopqrstuvwxyz0123456789")
    return "\(base.bytes == "/" ? "" : base)/podid-\(name)"
  }

  /// Makes it; what is there already is not taken.
  package static func make(_ path: String) throws(CommandFailure) {
    guard mkdir(path, 0o700) == 0 else {
      throw CommandFailure("\(path): \(String(cString: strerror(errno)))")
    }
  }

  /// Removes one with all that is in it; a folder of another name stays.
  package static func remove(_ path: String) {
    let parts = path.bytes.split(separator: "/", omittingEmptySubsequences: false)
    guard let name = parts.last, name.bytes.hasPrefix("podid-") else { return }
    let parent = parts.dropLast().joined(separator: "/")
    FolderWalk(path: parent.isEmpty ? "/" : parent)?.removeTree(String(name))
  }
}
