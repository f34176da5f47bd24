import Glibc
import JSON

/// The folder in which podid keeps what is this user's own, outside any checkout: one small file an
/// entry, such as a stack that `podid up` started or a state folder that podid made.
///
/// Files of a checkout may be somebody else's. They count where an entry here agrees with them.
/// The folder is `$XDG_STATE_HOME/podid`, or `~/.local/state/podid` (XDG Base Directory
/// Specification), 0700, with files of 0600. It is used only where nobody but this user and root can
/// change it or put another in its place.
package struct UserRegister: Sendable {
  /// The folder; nil where this user has no home.
  package let path: String?
  /// The home for states, which may not be there yet.
  private let home: String

  /// The register of the user that runs this process.
  package init(_ environment: ProcessEnvironment) {
    home = Self.stateHome(environment) ?? ""
    path = home.isEmpty ? nil : "\(home)/podid"
  }

  /// The home for states.
  ///
  /// A relative XDG_STATE_HOME is ignored, as its specification says, and so
  /// is a HOME of another user, which sudo may leave.
  private static func stateHome(_ environment: ProcessEnvironment) -> String? {
    if let home = environment["XDG_STATE_HOME"], home.utf8.first == UInt8(ascii: "/") {
      return home
    }
    if let home = environment["HOME"], home.utf8.first == UInt8(ascii: "/") {
      var status = stat()
      let isThere = stat(home, &status) == 0
      if !isThere || status.st_uid == geteuid() || status.st_uid == 0 {
        return "\(home)/.local/state"
      }
    }
    return AccountHome.path().map { "\($0)/.local/state" }
  }

  /// The bytes of an entry; nil where there is none.
  /// - Throws: where register or entry are not this user's alone.
  package func read(_ name: String) throws(FileError) -> [UInt8]? {
    guard let folder = try opened(), FolderWalk.isName(name) else { return nil }
    let file = "\(folder)/\(name)"
    guard SafeFile.exists(file) else { return nil }
    let found = try SafeFile.readOwn(file, limit: 1 << 16)
    guard found.mode & 0o077 == 0 else {
      throw FileError(path: file, reason: "may be read or written by others: chmod 600 it")
    }
    return found.bytes
  }

  /// The path of an entry, for a program that works with it as with any file; nil where there is none.
  /// - Throws: where the register is not this user's alone.
  package func place(_ name: String) throws(FileError) -> String? {
    guard let folder = try opened(), FolderWalk.isName(name) else { return nil }
    let file = "\(folder)/\(name)"
    return SafeFile.exists(file) ? file : nil
  }

  /// Writes an entry whole; `isSynced` where it has to outlive a power failure.
  package func write(_ name: String, _ bytes: [UInt8], isSynced: Bool) throws(FileError) {
    guard let folder = try opened(isMaking: true) else { throw noHome }
    try SafeFile.write(bytes, to: "\(folder)/\(name)", isSynced: isSynced)
  }

  /// Removes an entry, if it is there.
  package func remove(_ name: String) {
    guard let folder = try? opened(), FolderWalk.isName(name) else { return }
    unlink("\(folder)/\(name)")
  }

  /// The names of all entries.
  ///
  /// What writers that were killed left half-written is removed.
  package func names() throws(FileError) -> [String] {
    guard let path = try opened(), let folder = FolderWalk(path: path) else { return [] }
    return folder.names().filter { name in
      guard name.bytes.hasSuffix("~") else { return true }
      // Its writer's pid stands in front of the random letters of the temporary name.
      let parts = name.bytes.split(separator: ".")
      let writer = parts.count > 2 ? pid_t(parts[parts.count - 2]) : nil
      if writer.map({ kill($0, 0) != 0 && errno == ESRCH }) ?? true { folder.removeTree(name) }
      return false
    }
  }

  private var noHome: FileError {
    FileError(path: "the register of stacks", reason: "this user has no home; set XDG_STATE_HOME")
  }

  /// The folder without links in its path; nil where it is not there and is not to be made.
  private func opened(isMaking: Bool = false) throws(FileError) -> String? {
    guard path != nil else {
      if isMaking { throw noHome }
      return nil
    }
    var way = try TrustedWay(to: home)
    if !way.missing.isEmpty {
      guard isMaking else { return nil }
      try way.make()
      way = try TrustedWay(to: home)
    }
    let folder = "\(way.end.bytes == "/" ? "" : way.end)/podid"
    if isMaking { try SafeFile.makeFolder(folder) }
    var status = stat()
    guard lstat(folder, &status) == 0 else {
      if errno == ENOENT { return nil }
      throw FileError(path: folder, code: errno)
    }
    switch status.st_mode & S_IFMT {
    case S_IFDIR: break
    case S_IFLNK: throw FileError(path: folder, code: ELOOP)
    default: throw FileError(path: folder, code: ENOTDIR)
    }
    guard status.st_uid == geteuid() else {
      throw FileError(path: folder, reason: "belongs to another user")
    }
    guard status.st_mode & 0o077 == 0 else {
      throw FileError(path: folder, reason: "may be read or written by others: chmod 700 it")
    }
    return folder
  }
}

/// The home folder that the system's list of users has for this one.
private enum AccountHome {
  /// The folder; nil where the user is not listed, as in many containers.
  static func path() -> String? {
    var entry = passwd()
    var found: UnsafeMutablePointer<passwd>?
    var room = [CChar](repeating: 0, count: 16_384)
    return room.withUnsafeMutableBufferPointer { buffer in
      guard let start = buffer.baseAddress,
        getpwuid_r(geteuid(), &entry, start, buffer.count, &found) == 0, found != nil,
        let folder = entry.pw_dir, folder.pointee == 0x2F
      else { return nil }
      return String(cString: folder)
    }
  }
}
