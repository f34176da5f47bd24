import CLinux
import Glibc

/// Why a file could not be used.
package struct FileError: Error, Sendable, CustomStringConvertible {
  package let path: String
  /// The C error number; 0 where the reason is our own.
  package let code: Int32
  private let reason: String

  /// The failure of a system call.
  package init(path: String, code: Int32) {
    self.path = path
    self.code = code
    reason = code == ELOOP ? "is a symbolic link" : String(cString: strerror(code))
  }

  /// A refusal of ours.
  package init(path: String, reason: String) {
    self.path = path
    self.reason = reason
    code = 0
  }

  package var description: String { "\(path): \(reason)" }
}

/// Files of the state folder: never through a symbolic link, written whole or not at all.
package enum SafeFile {
  /// The bytes of a regular file, at most `limit` of them.
  package static func read(_ path: String, limit: Int = 64 << 20) throws(FileError) -> [UInt8] {
    try readWithStatus(path, limit: limit).bytes
  }

  /// The bytes of a regular file of this user, with its permission bits.
  /// - Throws: also where the file is another user's.
  package static func readOwn(
    _ path: String, limit: Int
  ) throws(FileError) -> (bytes: [UInt8], mode: UInt32) {
    let (bytes, status) = try readWithStatus(path, limit: limit)
    guard status.st_uid == geteuid() else {
      throw FileError(path: path, reason: "belongs to another user")
    }
    return (bytes, status.st_mode & 0o7777)
  }

  private static func readWithStatus(
    _ path: String, limit: Int
  ) throws(FileError) -> (bytes: [UInt8], status: stat) {
    try checkPath(path)
    let file = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { throw FileError(path: path, code: errno) }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw FileError(path: path, code: errno) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw FileError(path: path, reason: "is not a regular file")
    }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: min(max(Int(status.st_size) + 1, 4096), 1 << 20))
    while true {
      let count = Glibc.read(file, &chunk, chunk.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw FileError(path: path, code: errno) }
      if count == 0 { return (bytes, status) }
      bytes.append(contentsOf: chunk[..<count])
      guard bytes.count <= limit else {
        throw FileError(path: path, reason: "is larger than \(limit) bytes")
      }
    }
  }

  /// The text of a file; bytes that are not UTF-8 are an error.
  package static func readText(_ path: String, limit: Int = 64 << 20) throws(FileError) -> String {
    guard let text = String(validating: try read(path, limit: limit), as: UTF8.self) else {
      throw FileError(path: path, reason: "is not UTF-8 text")
    }
    return text
  }

  /// Opens a file to be written in place, made with 0600 where it is missing; never waits for what
  /// is no file, such as a pipe that nobody reads.
  /// - Throws: also where the file is not a regular one, or has another name, by which something
  ///   else than the state's would be written.
  package static func openInPlace(_ path: String, _ flags: Int32) throws(FileError) -> Int32 {
    try checkPath(path)
    let file = open(path, flags | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0o600)
    guard file >= 0 else {
      // A pipe or a socket that nobody reads.
      if errno == ENXIO { throw FileError(path: path, reason: "is not a regular file") }
      throw FileError(path: path, code: errno)
    }
    do throws(FileError) {
      var status = stat()
      guard fstat(file, &status) == 0 else { throw FileError(path: path, code: errno) }
      try checkSole(status, path)
    } catch {
      close(file)
      throw error
    }
    return file
  }

  /// Refuses what has this name, if anything has, unless it is a regular file without another name.
  package static func checkSole(_ path: String) throws(FileError) {
    try checkPath(path)
    var status = stat()
    guard lstat(path, &status) == 0 else {
      if errno == ENOENT { return }
      throw FileError(path: path, code: errno)
    }
    try checkSole(status, path)
  }

  /// Refuses what is not a regular file, or has another name.
  static func checkSole(_ status: stat, _ path: String) throws(FileError) {
    guard status.st_mode & S_IFMT != S_IFLNK else { throw FileError(path: path, code: ELOOP) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw FileError(path: path, reason: "is not a regular file")
    }
    guard status.st_nlink <= 1 else {
      throw FileError(
        path: path, reason: "is a hard link to a file that has other names; remove it")
    }
  }

  /// Whether something, of whatever kind, has this name.
  package static func exists(_ path: String) -> Bool {
    var status = stat()
    return !path.utf8.contains(0) && lstat(path, &status) == 0
  }

  /// Writes a file whole: a temporary file beside it, synced unless told otherwise, then renamed
  /// over it.
  package static func write(
    _ bytes: [UInt8], to path: String, mode: UInt32 = 0o600, isSynced: Bool = true
  ) throws(FileError) {
    try checkPath(path)
    let temporary = "\(path).\(getpid()).\(Randomness.system.string(6, from: "abcdefghij"))~"
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
    let file = open(temporary, flags, mode)
    guard file >= 0 else { throw FileError(path: path, code: errno) }
    var failure: Int32 = 0
    if !writeAll(bytes, to: file) || fchmod(file, mode) != 0 || isSynced && fsync(file) != 0 {
      failure = errno
    }
    close(file)
    if failure == 0, rename(temporary, path) != 0 { failure = errno }
    guard failure == 0 else {
      unlink(temporary)
      throw FileError(path: path, code: failure)
    }
  }

  /// Writes a file that must not exist yet; false, with nothing written, where it does.
  package static func create(
    _ bytes: [UInt8], at path: String, mode: UInt32 = 0o600
  ) throws(FileError) -> Bool {
    let temporary = "\(path).\(getpid()).\(Randomness.system.string(6, from: "abcdefghij"))~"
    try write(bytes, to: temporary, mode: mode)
    defer { unlink(temporary) }
    if link(temporary, path) == 0 { return true }
    guard errno == EEXIST else { throw FileError(path: path, code: errno) }
    return false
  }

  /// Makes a folder, if it is not there, below one that is; a symbolic link or a file is refused.
  package static func makeFolder(_ path: String, mode: UInt32 = 0o700) throws(FileError) {
    try checkPath(path)
    if mkdir(path, mode) == 0 {
      chmod(path, mode)
      return
    }
    guard errno == EEXIST else { throw FileError(path: path, code: errno) }
    var status = stat()
    guard lstat(path, &status) == 0 else { throw FileError(path: path, code: errno) }
    guard status.st_mode & S_IFMT != S_IFLNK else { throw FileError(path: path, code: ELOOP) }
    guard status.st_mode & S_IFMT == S_IFDIR else { throw FileError(path: path, code: ENOTDIR) }
  }

  /// C would take a text with a NUL for the part before it.
  private static func checkPath(_ path: String) throws(FileError) {
    guard !path.utf8.contains(0) else {
      let shown = path.utf8.prefix { $0 != 0 }
      throw FileError(path: String(decoding: shown, as: UTF8.self), reason: "a NUL follows")
    }
  }

  private static func writeAll(_ bytes: [UInt8], to file: Int32) -> Bool {
    bytes.withUnsafeBytes { buffer in
      var written = 0
      while written < buffer.count {
        let count = Glibc.write(
          file, buffer.baseAddress?.advanced(by: written), buffer.count - written)
        if count > 0 {
          written += count
        } else if errno != EINTR {
          return false
        }
      }
      return true
    }
  }
}
