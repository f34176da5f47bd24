import Glibc
import JSON

/// The state folder of a stack, or the part of it that one server holds.
///
/// Layout: design of the state folder in the README. Folders are 0700, files 0600, nothing in it is
/// reached through a symbolic link, and one process holds a server's part at a time.
package struct StateFolder: Sendable {
  /// The folder's path.
  package let path: String

  /// Opens the state folder, making it and what is missing above it.
  package init(root path: String) throws(FileError) {
    let trimmed =
      path.utf8.count > 1 && path.bytes.hasSuffix("/") ? String(path.dropLast()) : path
    self.path = trimmed
    // All of them first, so that nothing is made through a link.
    try Self.refuseLinks(in: trimmed)
    for parent in Self.parents(of: trimmed) where access(parent, F_OK) != 0 {
      try SafeFile.makeFolder(parent)
    }
    try SafeFile.makeFolder(trimmed)
    guard access(trimmed, W_OK | X_OK) == 0 else { throw FileError(path: trimmed, code: errno) }
    if !SafeFile.exists(file(".gitignore")) {
      _ = try SafeFile.create(Array("*\n".utf8), at: file(".gitignore"))
    }
  }

  private init(path: String) { self.path = path }

  /// The folders above a path, from the topmost on.
  private static func parents(of path: String) -> [String] {
    path.utf8.indices.dropFirst().filter { path.utf8[$0] == UInt8(ascii: "/") }
      .map { String(path[..<$0]) }
  }

  /// Refuses a path that is a link itself, or has one in place of a folder `.podid`: a checkout can
  /// bring that, and would say where keys are written.
  package static func refuseLinks(in path: String) throws(FileError) {
    for folder in parents(of: path) + [path] {
      let isOwn = folder.bytes == ".podid" || folder.bytes.hasSuffix("/.podid")
      guard isOwn || folder.utf8.count == path.utf8.count else { continue }
      var status = stat()
      if lstat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFLNK {
        throw FileError(path: folder, code: ELOOP)
      }
    }
  }

  /// The folder `name` in this one, made if need be.
  package func folder(_ name: String) throws(FileError) -> StateFolder {
    let folder = StateFolder(path: "\(path)/\(name)")
    try SafeFile.makeFolder(folder.path)
    return folder
  }

  /// The path of a file in this folder.
  package func file(_ name: String) -> String { "\(path)/\(name)" }

  /// Holds this folder until the returned lock goes away, and removes what a holder that was killed
  /// had begun to write.
  ///
  /// With `isRoot` nothing is removed: in the folder of all servers others write before they hold it.
  /// - Throws: an error that names the process which holds it already.
  package func lock(isRoot: Bool = false) throws(FileError) -> StateLock {
    let lock = try StateLock(path: file("lock"))
    if !isRoot, let folder = FolderWalk(path: path) {
      for name in folder.names() where name.bytes.hasSuffix("~") { folder.removeTree(name) }
    }
    return lock
  }
}

/// A lock file with the holder's pid in it; the kernel drops the lock when the process ends.
package final class StateLock: Sendable {
  private let descriptor: Int32

  fileprivate init(path: String) throws(FileError) {
    let file = try SafeFile.openInPlace(path, O_RDWR)
    guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
      let code = errno
      var digits = [UInt8](repeating: 0, count: 32)
      let count = read(file, &digits, digits.count)
      close(file)
      guard code == EWOULDBLOCK else { throw FileError(path: path, code: code) }
      let holder = String(
        decoding: digits.prefix(max(0, count)).filter { $0 > 0x20 }, as: UTF8.self)
      throw FileError(
        path: path, reason: "the state is in use by process \(holder.isEmpty ? "?" : holder)")
    }
    let pid = Array("\(getpid())\n".utf8)
    ftruncate(file, 0)
    _ = pid.withUnsafeBytes { pwrite(file, $0.baseAddress, $0.count, 0) }
    descriptor = file
  }

  /// Lets the next one have the folder while this value stays.
  package func release() { flock(descriptor, LOCK_UN) }

  deinit { close(descriptor) }
}
