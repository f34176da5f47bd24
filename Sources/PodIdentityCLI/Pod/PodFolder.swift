import Glibc
import JSON
import Platform

/// The folder that `podid pod` writes one pod's files below; one process holds it at a time.
struct PodFolder: Sendable {
  let path: String

  /// Says which pod is Ready; removed when it no longer is.
  private var readyFile: String { "\(path)/.ready" }

  /// Holds this folder until the lock goes away, made if need be.
  func lock() throws(CommandFailure) -> FolderLock {
    do throws(FileError) {
      if !SafeFile.exists(path) { try SafeFile.makeFolder(path, mode: 0o755) }
    } catch { throw CommandFailure("\(error)") }
    unlink(readyFile)
    return try FolderLock(path: path, meaning: "another podid pod writes there")
  }

  /// Says that a pod is Ready.
  func setReady(namespace: String, name: String, uid: String) throws(FileError) {
    let pod: JSON = [
      "namespace": .string(namespace), "name": .string(name), "uid": .string(uid),
    ]
    try SafeFile.write(pod.bytes() + [0x0A], to: readyFile)
  }

  /// Says that no pod is Ready any more.
  func setNotReady() { unlink(readyFile) }

  /// Why no Ready pod is held here; nil where one is.
  func problem() -> String? {
    guard let isHeld = FolderLock.isHeld(path) else { return "there is no folder \(path)" }
    guard isHeld else { return "nobody holds a pod into \(path)" }
    return SafeFile.exists(readyFile) ? nil : "the pod of \(path) is not Ready"
  }
}

/// A lock on a folder itself; the kernel drops it when the process ends.
final class FolderLock: Sendable {
  private let descriptor: Int32

  /// Locks a folder.
  /// - Throws: where it is none, or it is locked, with what that means.
  init(path: String, meaning: String) throws(CommandFailure) {
    descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw CommandFailure("\(path): \(String(cString: strerror(errno)))")
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let code = errno
      close(descriptor)
      throw CommandFailure(
        "\(path): \(code == EWOULDBLOCK ? meaning : String(cString: strerror(code)))")
    }
  }

  deinit { close(descriptor) }

  /// Whether somebody has locked a folder; nil where there is none.
  static func isHeld(_ path: String) -> Bool? {
    let file = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    return flock(file, LOCK_SH | LOCK_NB) != 0
  }
}
