import AWSWire
import JSON
package import Platform
import Synchronization

/// The long-term access keys that are known: the root's and those of ``ServiceUser``.
package final class LongTermKeys: Sendable {
  /// Whom a key belongs to.
  package enum Owner: Sendable, Hashable {
    case root
    case service(ServiceUser)
  }

  /// `test` and `test` for the root, and no other key: a convenience on loopback, no secret.
  package static let test = LongTermKeys()

  private struct Entry {
    let owner: Owner
    let secret: String
  }

  /// Owners whose keys are in files.
  private let files: [(owner: Owner, file: AccessKeyFile)]
  private let randomness: Randomness
  private let entries: Mutex<[ByteText: Entry]>

  private init() {
    files = []
    randomness = .system
    entries = Mutex(["test".bytes: Entry(owner: .root, secret: "test")])
  }

  /// Random keys, made at first use: each is kept in a `credentials.json` in the folder of its owner,
  /// such as `root`, below `folder`; without `randomRoot` the root's are `test` and `test`.
  package init(
    in folder: String, randomRoot: Bool, randomness: Randomness = .system
  ) throws(FileError) {
    var files: [(owner: Owner, file: AccessKeyFile)] = []
    if randomRoot { files.append((.root, try Self.file("root", in: folder))) }
    for user in ServiceUser.allCases {
      files.append((.service(user), try Self.file(user.rawValue, in: folder)))
    }
    var entries: [ByteText: Entry] = [:]
    if !randomRoot { entries["test".bytes] = Entry(owner: .root, secret: "test") }
    for (owner, file) in files {
      let key = try file.readOrMake(randomness)
      entries[key.accessKeyID.bytes] = Entry(owner: owner, secret: key.secretAccessKey)
    }
    self.files = files
    self.randomness = randomness
    self.entries = Mutex(entries)
  }

  private static func file(_ name: String, in folder: String) throws(FileError) -> AccessKeyFile {
    try SafeFile.makeFolder("\(folder)/\(name)")
    return AccessKeyFile(of: name, in: folder)
  }

  /// Whose key this is, and its secret; nil for an unknown one.
  package func find(_ accessKeyID: String) -> (owner: Owner, secret: String)? {
    let id = accessKeyID.bytes
    return entries.withLock { $0[id] }.map { ($0.owner, $0.secret) }
  }

  /// Replaces every random key; the old ones are unknown from then on.
  package func renew() throws(FileError) {
    for (owner, file) in files {
      let key = try file.renew(randomness)
      entries.withLock { entries in
        entries = entries.filter { $0.value.owner != owner }
        entries[key.accessKeyID.bytes] = Entry(owner: owner, secret: key.secretAccessKey)
      }
    }
  }
}
