import Glibc
import JSON

/// Takes away from others what the files and folders of a state let them do.
///
/// Only what podid and its servers make is touched: a user may name a folder that holds other things.
enum PrivateModes {
  private static let folders: [ByteText] = ["kubernetes-api", "aws-api", "node-agent", "logs"]
  private static let files: [ByteText] = [
    "admin.token", "stack.json", "lock", ".gitignore", ".podid-id",
  ]
  /// Folders whose files keep their own modes: the kubelet's, and those of buckets.
  ///
  /// Nobody else comes to them, since the folders themselves are 0700.
  private static let exempt: [ByteText] = ["pods", "buckets", ".podid"]
  /// Deeper than any file of a server.
  private static let depth = 3

  /// Makes folders 0700 and files 0600; whether that changed anything.
  /// - Throws: at a symbolic or hard link, which no state has, and at what is another user's.
  static func repair(_ path: String) throws(FileError) -> Bool {
    guard let folder = FolderWalk(path: path) else { throw FileError(path: path, code: errno) }
    return try repair(folder, path, 0)
  }

  private static func repair(
    _ folder: borrowing FolderWalk, _ path: String, _ level: Int
  ) throws(FileError) -> Bool {
    var status = stat()
    guard fstat(folder.descriptor, &status) == 0 else { throw FileError(path: path, code: errno) }
    guard status.st_mode & S_ISVTX == 0 else {
      throw FileError(path: path, reason: "is a folder of many users; name one in it")
    }
    var isChanged = status.st_mode & 0o077 != 0
    if isChanged, fchmod(folder.descriptor, 0o700) != 0 {
      throw FileError(path: path, code: errno)
    }
    for name in folder.names() {
      let isExempt = exempt.contains(name.bytes)
      guard level > 0 || isExempt || (folders + files).contains(name.bytes),
        let status = folder.status(name)
      else { continue }
      let place = "\(path)/\(name)"
      switch status.st_mode & S_IFMT {
      case S_IFLNK: throw FileError(path: place, code: ELOOP)
      case S_IFDIR where isExempt:
        if status.st_mode & 0o077 != 0 {
          // No link: only this user can change what is in the folder by now.
          try change(folder, name, 0o700, place)
          isChanged = true
        }
      case S_IFDIR:
        guard level < depth, let inner = folder.folder([name]) else { continue }
        if try repair(inner, place, level + 1) { isChanged = true }
      case S_IFREG where status.st_mode & 0o077 != 0:
        try SafeFile.checkSole(status, place)
        try change(folder, name, 0o600, place)
        isChanged = true
      default: break
      }
    }
    return isChanged
  }

  private static func change(
    _ folder: borrowing FolderWalk, _ name: String, _ mode: UInt32, _ place: String
  ) throws(FileError) {
    guard fchmodat(folder.descriptor, name, mode, 0) == 0 else {
      throw FileError(path: place, code: errno)
    }
  }
}
