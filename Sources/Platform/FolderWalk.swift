import CLinux
package import Glibc
import JSON

/// Opens folders and files below a folder, step by step, never through a symbolic link.
package struct FolderWalk: ~Copyable {
  /// The open folder.
  package let descriptor: Int32

  /// Opens a folder; nil where it is none, or a link.
  package init?(path: String) {
    // C would open the folder in front of a NUL; no folder has an empty name.
    let name = path.utf8.contains(0) ? "" : path
    descriptor = open(name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
  }

  private init(taking descriptor: Int32) { self.descriptor = descriptor }

  deinit {
    // Whoever asks why a step failed finds the reason of the step, not of this.
    let reason = errno
    if descriptor >= 0 { close(descriptor) }
    errno = reason
  }

  /// The folder at the end of these names; made where it is missing, if asked to, with this mode.
  package borrowing func folder(
    _ names: some Sequence<String>, making: Bool = false, mode: UInt32 = 0o700
  ) -> FolderWalk? {
    var current = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
    for name in names where current >= 0 {
      guard Self.isName(name) else {
        close(current)
        return nil
      }
      if making { mkdirat(current, name, mode) }
      let next = openat(current, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
      close(current)
      current = next
    }
    return current >= 0 ? FolderWalk(taking: current) : nil
  }

  /// The state of an entry, itself and not what it may point to.
  package borrowing func status(_ name: String) -> stat? {
    var status = stat()
    guard Self.isName(name) else {
      errno = EINVAL
      return nil
    }
    return fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 ? status : nil
  }

  /// When an entry was made; nil where the file system does not keep it.
  package borrowing func birth(_ name: String) -> Instant? {
    var (seconds, nanoseconds): (Int64, UInt32) = (0, 0)
    guard Self.isName(name), clinux_birth(descriptor, name, &seconds, &nanoseconds) == 0 else {
      return nil
    }
    return Instant(timespec(tv_sec: Int(seconds), tv_nsec: Int(nanoseconds)))
  }

  /// Opens a file for reading.
  ///
  /// -1, with `errno` set, where that fails or the text is not one name.
  package borrowing func openFile(_ name: String) -> Int32 {
    guard Self.isName(name) else {
      errno = EINVAL
      return -1
    }
    return openat(descriptor, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
  }

  /// Makes a file that is not there yet; false, with `errno` set, where that fails.
  package borrowing func makeFile(_ name: String, _ bytes: [UInt8], mode: UInt32) -> Bool {
    guard Self.isName(name) else {
      errno = EINVAL
      return false
    }
    let file = openat(
      descriptor, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
    guard file >= 0 else { return false }
    defer { close(file) }
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes {
        write(file, $0.baseAddress?.advanced(by: done), bytes.count - done)
      }
      if count < 0 && errno != EINTR { return false }
      done += max(count, 0)
    }
    return fchmod(file, mode) == 0
  }

  /// The names in the folder.
  package borrowing func names() -> [String] { entries().map(\.name) }

  /// What an entry of a folder is.
  package enum Kind: Sendable {
    case file
    case folder
    case other
  }

  /// The names in the folder, each with what it is; what has no UTF-8 name is nothing known.
  package borrowing func entries() -> [(name: String, kind: Kind)] {
    let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
    guard copy >= 0 else { return [] }
    guard let stream = fdopendir(copy) else {
      close(copy)
      return []
    }
    defer { closedir(stream) }
    // The copies share one position.
    rewinddir(stream)
    var result: [(name: String, kind: Kind)] = []
    while let entry = readdir(stream) {
      let (name, isText) = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { name in
          String(validatingCString: name).map { ($0, true) } ?? (String(cString: name), false)
        }
      }
      guard name.bytes != "." && name.bytes != ".." else { continue }
      result.append((name, isText ? kind(of: name, Int(entry.pointee.d_type)) : .other))
    }
    return result
  }

  private borrowing func kind(of name: String, _ type: Int) -> Kind {
    if type == Int(DT_REG) { return .file }
    if type == Int(DT_DIR) { return .folder }
    // Some file systems do not say it.
    guard type == Int(DT_UNKNOWN), let status = status(name) else { return .other }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return .file
    case S_IFDIR: return .folder
    default: return .other
    }
  }

  /// Removes an entry with all that is below it; links are removed, not followed.
  package borrowing func removeTree(_ name: String) {
    guard let status = status(name) else { return }
    if status.st_mode & S_IFMT == S_IFDIR {
      if let inside = folder([name]) {
        for entry in inside.names() { inside.removeTree(entry) }
      }
      unlinkat(descriptor, name, AT_REMOVEDIR)
    } else {
      unlinkat(descriptor, name, 0)
    }
  }

  /// Whether a text is one name, and not a way to another folder.
  package static func isName(_ text: String) -> Bool {
    !text.isEmpty && text.bytes != "." && text.bytes != ".." && !text.utf8.contains(0x2F)
      && !text.utf8.contains(0) && text.utf8.count <= 255
  }
}
