import AWSWire
import Cryptography
import JSON
package import Platform

/// What the user's register knows of the keys, tokens and kubeconfigs in a state folder: their
/// digests, as they were when its stack was last ready.
///
/// A state that podid made may lie in a checkout, and a pull puts files of the repository in place
/// of those that git ignores. Keys that somebody else knows, and a kubeconfig that runs a command,
/// are not to be used because the folder is.
package struct StateSeal {
  /// The files that are sealed, below the state.
  ///
  /// Databases hold data, and are not.
  static let files =
    [
      "admin.token", "kubernetes-api/ca.key", "kubernetes-api/ca.crt", "kubernetes-api/sa.key",
      "kubernetes-api/server.key", "kubernetes-api/issuer",
      "kubernetes-api/admin/kubeconfig", "kubernetes-api/node/kubeconfig",
      "aws-api/credentials.key", "aws-api/ca.key", "aws-api/ca.crt", "aws-api/server.key",
    ] + ["root", "kubernetes-api", "node-agent"].map { "aws-api/\(AccessKeyFile.name(of: $0))" }
  private static let late = "kubernetes-api/sa.key"
  static let administrator = "kubernetes-api/admin/kubeconfig"

  private let state: String
  private let register: UserRegister

  /// The seal of a state folder.
  package init(_ state: String, _ environment: ProcessEnvironment) {
    self.state = state
    register = UserRegister(environment)
  }

  /// Refuses a state of which one of the files is not as podid left it.
  package func check() throws(CommandFailure) {
    let sealed = sealed
    for name in Self.files {
      if let digest = digest(name) { try check(name, digest: digest, sealed) }
    }
  }

  /// Refuses bytes that were read from one of the files, where they are not as podid left them.
  package func check(_ name: String, is bytes: [UInt8]) throws(CommandFailure) {
    try check(name, digest: SHA256.hex(bytes), sealed)
  }

  private func check(_ name: String, digest: String, _ sealed: JSON?) throws(CommandFailure) {
    guard let kept = sealed?[name]?.string, kept.bytes != digest.bytes else { return }
    throw CommandFailure(
      "\(state)/\(name) is not as podid left it (a pull may have brought another): restore or "
        + "remove it, or name the state with --state DIR if all in it is yours")
  }

  /// What the register has; nil where it has nothing of this state.
  private var sealed: JSON? {
    guard let entry, let bytes = try? register.read(entry) else { return nil }
    return try? JSON.parse(bytes)
  }

  /// Keeps the digests of the files as they are now.
  package func write() throws(FileError) {
    guard let entry else { return }
    var sealed = JSONObject()
    for name in Self.files { sealed[name] = digest(name).map(JSON.string) }
    try register.write(entry, JSON.object(sealed).bytes() + [0x0A], isSynced: false)
    // Of states that are gone.
    let names = Set(try register.names().map(\.bytes))
    for other in names {
      guard let rest = other.without(prefix: "seal-") else { continue }
      if !names.contains("state-\(rest)".bytes) { register.remove(other.string) }
    }
  }

  /// Adds the key that signs tokens once it is there: kubernetes-api makes it when it is ready.
  package func complete() async {
    await complete(looks: FileChanges.of("\(state)/\(Self.late)", within: .seconds(30)))
  }

  /// The same, at the latest with the last of these looks.
  func complete(looks: AsyncStream<Void>) async {
    let late = Self.late
    for await _ in looks {
      guard let entry, let bytes = try? register.read(entry),
        var sealed = (try? JSON.parse(bytes))?.object, sealed[late] == nil
      else { return }
      if let digest = digest(late) {
        sealed[late] = .string(digest)
        try? register.write(entry, JSON.object(sealed).bytes() + [0x0A], isSynced: false)
        return
      }
    }
  }

  /// The name of the register's entry; nil for a state without an id.
  private var entry: String? {
    let found = try? SafeFile.readOwn("\(state)/\(StateOrigin.idFile)", limit: 64)
    guard let text = found?.bytes.prefix(while: { $0 != 0x0A }) else { return nil }
    let id = String(decoding: text, as: UTF8.self)
    return StateOrigin.isID(id) ? "seal-\(id).json" : nil
  }

  private func digest(_ name: String) -> String? {
    (try? SafeFile.read("\(state)/\(name)", limit: 1 << 20)).map(SHA256.hex)
  }
}
