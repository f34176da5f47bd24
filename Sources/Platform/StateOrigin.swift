import Glibc
import JSON

/// Opens the state folder of a stack, and tells this user's own from one that came with a checkout.
///
/// A state of podid's making has a random id in it, whose entry in the user's register names the
/// folder. A state that somebody else made holds keys that somebody else knows. So a folder that is
/// merely found, as `.podid/state` is, must have its entry or be empty. One that the user names is
/// taken, and entered.
package struct StateOrigin: Sendable {
  /// The file in a state that holds its id.
  package static let idFile = ".podid-id"

  package let folder: StateFolder
  /// What was put right, in a line each, for the user to know.
  package let notes: [String]
  /// Why the register does not have this state; nil where it does.
  package let registerFailure: FileError?

  /// Opens a state folder, making it if need be.
  ///
  /// Folders of a state that others may enter become 0700 and files 0600.
  /// - Throws: where the folder is not podid's work for this user, and `isNamed` does not say that
  ///   the user named it; or it is another user's, or a link is in the way.
  package init(
    _ path: String, isNamed: Bool, register: UserRegister, randomness: Randomness = .system
  ) throws(FileError) {
    let state = State(path: path, register: register)
    try StateFolder.refuseLinks(in: path)
    var isKnown = false
    if !isNamed, SafeFile.exists(path) {
      isKnown = try state.isKnown()
      // Twice: another process may have claimed the empty folder meanwhile.
      if !isKnown, !state.isEmpty { isKnown = try state.isKnown() }
      guard isKnown || state.isEmpty else { throw state.refusal }
    } else if SafeFile.exists(path) {
      isKnown = (try? state.isKnown()) ?? false
    }
    folder = try StateFolder(root: path)
    var status = stat()
    guard lstat(path, &status) == 0 else { throw FileError(path: path, code: errno) }
    // A volume of a container may be root's, with rights for its group.
    let isVolume = isNamed && status.st_uid == 0 && geteuid() != 0
    guard isVolume || status.st_uid == geteuid() else {
      throw FileError(path: path, reason: "belongs to another user")
    }
    let isRepaired = isVolume ? false : try PrivateModes.repair(path)
    notes =
      isRepaired ? ["\(path) was open to others; its folders are 0700 now, its files 0600"] : []
    guard !isKnown else {
      registerFailure = nil
      return
    }
    do throws(FileError) {
      try state.claim(isNamed: isNamed, randomness)
      registerFailure = nil
    } catch { registerFailure = error }
  }

  /// Whether a text is an id as podid makes them.
  package static func isID(_ text: String) -> Bool {
    text.utf8.count == 32
      && text.utf8.allSatisfy { 0x30...0x39 ~= $0 || 0x61...0x66 ~= $0 }
  }

  /// A new id: 128 random bits.
  package static func newID(_ randomness: Randomness) -> String {
    Hex.encode(randomness.bytes(16))
  }
}

/// One state folder beside the register's entries.
private struct State {
  let path: String
  let register: UserRegister

  /// The path by which the register knows the folder: without links.
  private var place: String {
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// Whether the folder holds nothing but what claiming it writes.
  var isEmpty: Bool {
    (FolderWalk(path: path)?.names() ?? ["?"]).allSatisfy {
      $0.bytes.hasPrefix(".gitignore") || $0.bytes.hasPrefix(".podid-id.")
    }
  }

  var refusal: FileError {
    FileError(
      path: path,
      reason: "podid did not make this state for you (a repository or an older podid may have): "
        + "name it with --state DIR if it is yours, or remove it")
  }

  private static func entry(_ id: String) -> String { "state-\(id).json" }

  private var id: String? {
    guard let found = try? SafeFile.readOwn("\(path)/\(StateOrigin.idFile)", limit: 64) else {
      return nil
    }
    let text = String(decoding: found.bytes.prefix { $0 != 0x0A }, as: UTF8.self)
    return StateOrigin.isID(text) ? text : nil
  }

  /// Whether the register has this folder under the id that is in it.
  func isKnown() throws(FileError) -> Bool {
    guard let id else { return false }
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return false }
    guard let bytes = try register.read(Self.entry(id)), let json = try? JSON.parse(bytes),
      json["id"]?.string?.bytes == id.bytes
    else { return false }
    return json["path"]?.string?.bytes == place.bytes
  }

  /// Enters the folder, first in the register and then in itself: whoever sees the id finds the
  /// entry.
  func claim(isNamed: Bool, _ randomness: Randomness) throws(FileError) {
    removeEntriesOfWhatIsGone()
    let fresh = StateOrigin.newID(randomness)
    let entry: JSON = ["id": .string(fresh), "path": .string(place)]
    try register.write(Self.entry(fresh), entry.bytes() + [0x0A], isSynced: true)
    let file = "\(path)/\(StateOrigin.idFile)"
    let bytes = Array("\(fresh)\n".utf8)
    do throws(FileError) {
      if isNamed, SafeFile.exists(file), try !isKnown() {
        // The id of a copy is the original's.
        try SafeFile.write(bytes, to: file)
      } else if try !SafeFile.create(bytes, at: file) {
        register.remove(Self.entry(fresh))
        guard try isKnown() else { throw refusal }
      }
    } catch {
      register.remove(Self.entry(fresh))
      throw error
    }
  }

  private func removeEntriesOfWhatIsGone() {
    for name in (try? register.names()) ?? [] where name.bytes.hasPrefix("state-") {
      guard let bytes = try? register.read(name) else { continue }
      let entry = try? JSON.parse(bytes)
      if let path = entry?["path"]?.string, let id = entry?["id"]?.string {
        var status = stat()
        let isGone = lstat(path, &status) != 0 && (errno == ENOENT || errno == ENOTDIR)
        let other = State(path: path, register: register)
        guard isGone || other.id.map({ $0.bytes != id.bytes }) ?? false else { continue }
      }
      register.remove(name)
    }
  }
}
