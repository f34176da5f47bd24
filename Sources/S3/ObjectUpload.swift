import AWSDoor
import Glibc
import Platform

/// An object on its way in: a file that no key names yet, which goes with this value unless it was
/// moved to its key.
final class ObjectUpload: Sendable {
  private let folder: Int32
  private let file: Int32
  private let name = Randomness.system.string(20, from: "abcdefghijklmnopqrstuvwxyz")

  /// An empty file in a folder.
  init(in uploads: borrowing FolderWalk) throws(S3Failure) {
    folder = fcntl(uploads.descriptor, F_DUPFD_CLOEXEC, 0)
    file = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw .system("an upload's file") }
  }

  deinit {
    if file >= 0 {
      // Without effect where it was moved: no other file has the name.
      unlinkat(folder, name, 0)
      close(file)
    }
    close(folder)
  }

  /// Adds bytes.
  func write(_ bytes: ArraySlice<UInt8>) throws(S3Failure) {
    let isDone = bytes.withUnsafeBytes { buffer in
      var done = 0
      while done < buffer.count {
        let count = Glibc.write(file, buffer.baseAddress?.advanced(by: done), buffer.count - done)
        if count < 0 && errno != EINTR { return false }
        done += max(count, 0)
      }
      return true
    }
    guard isDone else { throw .system("an upload's file") }
  }

  /// The state of the file, all its bytes on the disk.
  func finish() throws(S3Failure) -> stat {
    var status = stat()
    guard fsync(file) == 0, fstat(file, &status) == 0 else { throw .system("an upload's file") }
    return status
  }

  /// Makes the file an entry of a folder, in place of what has the name there.
  func move(to name: String, in target: borrowing FolderWalk) -> Bool {
    renameat(folder, self.name, target.descriptor, name) == 0
  }
}
