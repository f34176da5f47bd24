import CLinux
import Glibc

/// Why a file could not be used.
package struct FileError: Error, Sendable, Hashable, CustomStringConvertible {
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
      if count == 0 { return bytes }
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

  /// Whether something, of whatever kind, has this name.
  package static func exists(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0
  }

  /// Writes a file whole: a temporary file beside it, synced, then renamed over it.
  package static func write(
    _ bytes: [UInt8], to path: String, mode: UInt32 = 0o600
  ) throws(FileError) {
    let temporary = "\(path).\(getpid()).\(Randomness.system.string(6, from: "abcdefghij"))~"
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
    let file = open(temporary, flags, mode)
    guard file >= 0 else { throw FileError(path: path, code: errno) }
    var failure: Int32 = 0
    if !writeAll(bytes, to: file) || fchmod(file, mode) != 0 || fsync(file) != 0 {
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
