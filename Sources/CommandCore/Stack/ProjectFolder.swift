import Glibc
import JSON
import Platform

/// The folder in which a `.podid` was found, or is made because the user is there.
///
/// The register tells this user's stack from another's. Still, whoever may write the folder, or one
/// above it, can put another `.podid` in its place: its state is refused then, or its seed used.
package struct ProjectFolder {
  private let path: String

  /// The folder that holds the `.podid` in which this path lies.
  package init(of path: String) {
    self.path = StackFile.folder(of: StackFile.folder(of: path))
  }

  /// Which folder others may change, in one line; nil where none is.
  package var note: String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    var folder = String(cString: resolved)
    while true {
      if let reason = Self.reason(folder) {
        return "\(folder) \(reason): what lies in \(path)/.podid may become another user's"
      }
      guard folder.bytes != "/" else { return nil }
      folder = StackFile.folder(of: folder)
    }
  }

  private static func reason(_ folder: String) -> String? {
    var status = stat()
    guard lstat(folder, &status) == 0 else { return nil }
    guard status.st_uid == 0 || status.st_uid == geteuid() else {
      return "belongs to another user"
    }
    if status.st_mode & S_ISVTX != 0 { return nil }
    let isShared =
      status.st_mode & 0o002 != 0
      || status.st_mode & 0o020 != 0 && !isOwnGroup(status.st_gid)
    return isShared ? "may be written by others" : nil
  }

  /// Whether a group is this user's alone, as systems with a umask of 002 make one for each user: of
  /// the user's name, and with no other member.
  private static func isOwnGroup(_ number: gid_t) -> Bool {
    var (user, group) = (passwd(), Glibc.group())
    var (foundUser, foundGroup): (UnsafeMutablePointer<passwd>?, UnsafeMutablePointer<group>?)
    let size = 65_536
    let room = UnsafeMutablePointer<CChar>.allocate(capacity: 2 * size)
    defer { room.deallocate() }
    guard getpwuid_r(geteuid(), &user, room, size, &foundUser) == 0,
      getgrgid_r(number, &group, room + size, size, &foundGroup) == 0,
      foundUser != nil, foundGroup != nil, user.pw_gid == number
    else { return false }
    let name = String(cString: user.pw_name)
    guard String(cString: group.gr_name).bytes == name.bytes else { return false }
    var member = group.gr_mem
    while let entry = member?.pointee {
      guard String(cString: entry).bytes == name.bytes else { return false }
      member = member?.successor()
    }
    return true
  }
}
