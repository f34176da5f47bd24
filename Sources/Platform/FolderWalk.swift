import CLinux
package import Glibc

/// Opens folders and files below a folder, step by step, never through a symbolic link.
package struct FolderWalk: ~Copyable {
  /// The open folder.
  package let descriptor: Int32

  /// Opens a folder; nil where it is none, or a link.
  package init?(path: String) {
    descriptor = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
  }

  private init(taking descriptor: Int32) { self.descriptor = descriptor }

  deinit { close(descriptor) }

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
    return fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 ? status : nil
  }

  /// Opens a file for reading.
  package borrowing func openFile(_ name: String) -> Int32 {
    openat(descriptor, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
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
  package borrowing func names() -> [String] {
    let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
    guard copy >= 0 else { return [] }
    guard let stream = fdopendir(copy) else {
      close(copy)
      return []
    }
    defer { closedir(stream) }
    // The copies share one position.
    rewinddir(stream)
    var result: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { result.append(name) }
    }
    return result
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
    !text.isEmpty && text != "." && text != ".." && !text.utf8.contains(0x2F)
      && !text.utf8.contains(0) && text.utf8.count <= 255
  }
}
