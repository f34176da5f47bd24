import CLinux
import Glibc

/// Opens folders and files below a folder, step by step, never through a symbolic link.
struct FolderWalk: ~Copyable {
  let descriptor: Int32

  /// Opens a folder; nil where it is none, or a link.
  init?(path: String) {
    descriptor = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
  }

  private init(taking descriptor: Int32) { self.descriptor = descriptor }

  deinit { close(descriptor) }

  /// The folder at the end of these names; made where it is missing, if asked to.
  borrowing func folder(_ names: some Sequence<String>, making: Bool = false) -> FolderWalk? {
    var current = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
    for name in names where current >= 0 {
      if making { mkdirat(current, name, 0o700) }
      let next = openat(current, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
      close(current)
      current = next
    }
    return current >= 0 ? FolderWalk(taking: current) : nil
  }

  /// The state of an entry, itself and not what it may point to.
  borrowing func status(_ name: String) -> stat? {
    var status = stat()
    return fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 ? status : nil
  }

  /// Opens a file for reading.
  borrowing func openFile(_ name: String) -> Int32 {
    openat(descriptor, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
  }

  /// The names in the folder.
  borrowing func names() -> [String] {
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
}
