import Glibc
import JSON
import Platform

/// A stack file as it lies on the disk, of this user and in a folder where nobody else can put
/// another in its place.
package struct StackFile: Sendable {
  /// Larger than any that podid writes.
  private static let limit = 1 << 20

  /// The file's path, as it was named.
  package let path: String
  let bytes: [UInt8]
  /// Whether others may read or write it: it has the admin token in it.
  let isOpenToOthers: Bool

  /// Reads a file; not through a link, and not from another user.
  init(_ path: String) throws(CommandFailure) {
    guard SafeFile.exists(path) else {
      throw CommandFailure("there is no stack file \(path); podid up writes one")
    }
    self.path = path
    try Self.check(folder: Self.folder(of: path))
    do throws(FileError) {
      let found = try SafeFile.readOwn(path, limit: Self.limit)
      bytes = found.bytes
      isOpenToOthers = found.mode & 0o077 != 0
    } catch { throw CommandFailure("\(error), so it is not trusted") }
  }

  /// Takes from others what they may do with it.
  package func close() throws(CommandFailure) {
    do { try SafeFile.checkSole(path) } catch { throw CommandFailure("\(error)") }
    guard chmod(path, 0o600) == 0 else {
      throw CommandFailure("\(path): \(String(cString: strerror(errno)))")
    }
  }

  /// Refuses a folder for stack files that is a link or another user's, or that others may write.
  ///
  /// The temporary folder is everybody's, but its sticky bit keeps others from this user's files.
  package static func check(folder: String) throws(CommandFailure) {
    var status = stat()
    guard lstat(folder, &status) == 0 else {
      throw CommandFailure("\(folder): \(String(cString: strerror(errno)))")
    }
    guard status.st_mode & S_IFMT != S_IFLNK else {
      throw CommandFailure("\(folder) is a symbolic link, so it is not trusted")
    }
    let isShared = status.st_mode & 0o022 != 0
    if isShared, status.st_mode & S_ISVTX != 0 { return }
    guard status.st_uid == geteuid() else {
      throw CommandFailure("\(folder) belongs to another user, so it is not trusted")
    }
    guard !isShared else {
      throw CommandFailure("\(folder) may be written by others, so it is not trusted")
    }
  }

  /// Looks at the place where a stack file is to be written, before anything is made there.
  ///
  /// A folder `.podid` that others may write becomes 0700: what is said of that, if it was so.
  /// - Throws: at a link, and where `.podid` is no folder of this user.
  static func prepare(_ path: String) throws(CommandFailure) -> String? {
    do { try StateFolder.refuseLinks(in: path) } catch { throw CommandFailure("\(error)") }
    var status = stat()
    if lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
      throw CommandFailure("\(path) is a folder; a stack file is to be written there")
    }
    let folder = folder(of: path)
    guard folder.bytes.hasSuffix("/.podid"), SafeFile.exists(folder) else { return nil }
    guard lstat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw CommandFailure("\(folder) is no folder")
    }
    guard status.st_uid == geteuid() else {
      throw CommandFailure("\(folder) belongs to another user")
    }
    guard status.st_mode & 0o022 != 0 else { return nil }
    guard chmod(folder, 0o700) == 0 else {
      throw CommandFailure("\(folder): \(String(cString: strerror(errno)))")
    }
    return "\(folder) might be written by others; it is 0700 now"
  }

  /// The folder of a path.
  package static func folder(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// The path by which the register knows a file: its folder's without links.
  package static func place(_ path: String) -> String {
    guard let resolved = realpath(folder(of: path), nil) else { return path }
    defer { free(resolved) }
    let folder = String(cString: resolved)
    let name = path.bytes.split(separator: "/").last ?? ""
    return "\(folder.bytes == "/" ? "" : folder)/\(name)"
  }
}
