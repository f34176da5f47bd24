import Glibc

/// The state folder of a stack, or the part of it that one server holds.
///
/// Layout: design of the state folder in the README. Folders are 0700, files 0600, nothing in it is
/// reached through a symbolic link, and one process holds a server's part at a time.
package struct StateFolder: Sendable {
  /// The folder's path.
  package let path: String

  /// Opens the state folder, making it and what is missing above it.
  package init(root path: String) throws(FileError) {
    let trimmed = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    self.path = trimmed
    for end in trimmed.indices.dropFirst() where trimmed[end] == "/" {
      let parent = String(trimmed[..<end])
      if access(parent, F_OK) != 0 { try SafeFile.makeFolder(parent) }
    }
    try SafeFile.makeFolder(trimmed)
    guard access(trimmed, W_OK | X_OK) == 0 else { throw FileError(path: trimmed, code: errno) }
    if !SafeFile.exists(file(".gitignore")) {
      _ = try SafeFile.create(Array("*\n".utf8), at: file(".gitignore"))
    }
  }

  private init(path: String) { self.path = path }

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
  /// - Throws: an error that names the process which holds it already.
  package func lock() throws(FileError) -> StateLock {
    let lock = try StateLock(path: file("lock"))
    if let folder = FolderWalk(path: path) {
      for name in folder.names() where name.hasSuffix("~") { folder.removeTree(name) }
    }
    return lock
  }
}

/// A lock file with the holder's pid in it; the kernel drops the lock when the process ends.
package final class StateLock: Sendable {
  private let descriptor: Int32

  fileprivate init(path: String) throws(FileError) {
    let file = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw FileError(path: path, code: errno) }
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

  deinit { close(descriptor) }
}
