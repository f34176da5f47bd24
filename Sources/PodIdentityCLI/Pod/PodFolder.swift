import CommandCore
import Glibc
import JSON
import Platform

/// The folder that `podid pod` writes one pod's files below; one process holds it at a time.
struct PodFolder: Sendable {
  let path: String

  /// Says which pod is Ready; removed when it no longer is.
  private var readyFile: String { "\(path)/.ready" }
  /// Why there is no Ready pod, as it was last told.
  private var reasonFile: String { "\(path)/.reason" }

  /// Holds this folder until the lock goes away, made if need be.
  func lock() throws(CommandFailure) -> FolderLock {
    do throws(FileError) {
      if !SafeFile.exists(path) { try SafeFile.makeFolder(path, mode: 0o755) }
    } catch { throw CommandFailure("\(error)") }
    let lock = try FolderLock(path: path, meaning: "another podid pod writes there")
    // What whoever holds it says stays.
    unlink(readyFile)
    unlink(reasonFile)
    return lock
  }

  /// Says that a pod is Ready, with what may not be meant so.
  func setReady(
    namespace: String, name: String, uid: String, note: String?
  ) throws(FileError) {
    var pod: JSONObject = [
      "namespace": .string(namespace), "name": .string(name), "uid": .string(uid),
    ]
    pod["note"] = note.map(JSON.string)
    try SafeFile.write(JSON.object(pod).bytes() + [0x0A], to: readyFile)
    unlink(reasonFile)
  }

  /// Says that no pod is Ready any more.
  func setNotReady() { unlink(readyFile) }

  /// Says why there is none, for the health check; one that cannot be written is in the log alone.
  func setReason(_ reason: String) { try? SafeFile.write(Array(reason.utf8), to: reasonFile) }

  /// What was said of the pod that is Ready.
  func note() -> String? {
    (try? JSON.parse(SafeFile.read(readyFile, limit: 1 << 16)))?["note"]?.string
  }

  /// Why no Ready pod is held here; nil where one is.
  func problem() -> String? {
    guard let isHeld = FolderLock.isHeld(path) else { return "there is no folder \(path)" }
    guard isHeld else { return "nobody holds a pod into \(path)" }
    if SafeFile.exists(readyFile) { return nil }
    return (try? SafeFile.readText(reasonFile, limit: 1 << 16))
      ?? "the pod of \(path) is not Ready"
  }
}

/// A lock on a folder itself; the kernel drops it when the process ends.
final class FolderLock: Sendable {
  private let descriptor: Int32

  /// Locks a folder.
  /// - Throws: where it is none, a link, or locked, with what that means.
  init(path: String, meaning: String) throws(CommandFailure) {
    descriptor = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard descriptor >= 0 else {
      var status = stat()
      let reason = String(cString: strerror(errno))
      let isLink = lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
      throw CommandFailure("\(path): \(isLink ? "a symbolic link, which is not followed" : reason)")
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
    let file = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    return flock(file, LOCK_SH | LOCK_NB) != 0
  }
}
