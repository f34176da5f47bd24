import Glibc
import JSON

/// The way to a folder on which nobody but root and this user can put something else in place of
/// what is there: each folder and each link on it belongs to one of the two, and a folder that others
/// may write has the sticky bit, which keeps them from what is not theirs.
struct TrustedWay {
  /// The last folder that is there, without links in its path.
  let end: String
  /// What is not there yet, in order.
  let missing: [String]

  /// Walks an absolute path.
  /// - Throws: where somebody else could change the way, or it leads through no folder.
  init(to path: String) throws(FileError) {
    var rest = path.bytes.split(separator: "/").map(String.init)[...]
    var done = ""
    var links = 0
    while let name = rest.popFirst() {
      switch name.bytes {
      case ".": continue
      case "..":
        done = done.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(done[..<$0]) } ?? ""
        continue
      default: break
      }
      let next = "\(done)/\(name)"
      var status = stat()
      guard lstat(next, &status) == 0 else {
        guard errno == ENOENT else { throw FileError(path: next, code: errno) }
        end = done.isEmpty ? "/" : done
        missing = [name] + rest
        return
      }
      guard status.st_uid == 0 || status.st_uid == geteuid() else {
        throw FileError(path: next, reason: "belongs to another user")
      }
      if status.st_mode & S_IFMT == S_IFLNK {
        links += 1
        guard links <= 40 else { throw FileError(path: path, reason: "has too many links") }
        let target = try Self.target(of: next)
        if target.utf8.first == UInt8(ascii: "/") { done = "" }
        rest = target.bytes.split(separator: "/").map(String.init)[...] + rest
        continue
      }
      guard status.st_mode & S_IFMT == S_IFDIR else { throw FileError(path: next, code: ENOTDIR) }
      guard status.st_mode & 0o022 == 0 || status.st_mode & S_ISVTX != 0 else {
        throw FileError(path: next, reason: "may be written by others: chmod go-w it")
      }
      done = next
    }
    end = done.isEmpty ? "/" : done
    missing = []
  }

  /// Makes what is missing, for this user alone.
  func make() throws(FileError) {
    var path = end.bytes == "/" ? "" : end
    for name in missing {
      // None of a name such as "..": the way ends at the first that is not there.
      guard FolderWalk.isName(name) else { throw FileError(path: path, code: ENOENT) }
      path += "/\(name)"
      try SafeFile.makeFolder(path)
    }
  }

  private static func target(of link: String) throws(FileError) -> String {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink(link, &buffer, buffer.count)
    guard count > 0 else { throw FileError(path: link, code: errno) }
    return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
