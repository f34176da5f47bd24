import JSON
package import Platform

/// A long-term access key in a file (0600): `{"accessKeyId":"AKIA…","secretAccessKey":"…"}`.
///
/// aws-api writes such files; who signs with one reads it for each call, so that a key that is
/// renewed, or a file that comes late, counts at once.
package struct AccessKeyFile: Sendable, Hashable {
  /// The letters of AWS's access key ids, which are base 32 (RFC 4648).
  private static let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

  /// Where the file is.
  package let path: String

  /// The file of a path, which need not exist yet.
  package init(path: String) { self.path = path }

  /// The file of an owner such as `root`, in a folder of its own below the folder of all keys.
  package init(of owner: String, in keys: String) { path = "\(keys)/\(Self.name(of: owner))" }

  /// Where the file of an owner is, below the folder of all keys.
  package static func name(of owner: String) -> String { "\(owner)/credentials.json" }

  /// The key in the file.
  /// - Throws: where the file is missing, is a symbolic link or holds no key.
  package func read() throws(FileError) -> AWSCredentials {
    let bytes = try SafeFile.read(path, limit: 4096)
    let json = try? JSON.parse(bytes)
    guard let id = json?["accessKeyId"]?.string, let secret = json?["secretAccessKey"]?.string,
      !id.isEmpty, !secret.isEmpty
    else { throw FileError(path: path, reason: "does not hold an access key") }
    return AWSCredentials(accessKeyID: id, secretAccessKey: secret)
  }

  /// The key in the file; a random one is made where the file is missing.
  package func readOrMake(_ randomness: Randomness) throws(FileError) -> AWSCredentials {
    if !SafeFile.exists(path) {
      _ = try SafeFile.create(Self.text(Self.random(randomness)), at: path)
    }
    return try read()
  }

  /// Replaces the key in the file by a random one, and returns that.
  package func renew(_ randomness: Randomness) throws(FileError) -> AWSCredentials {
    let fresh = Self.random(randomness)
    try SafeFile.write(Self.text(fresh), to: path)
    return fresh
  }

  /// `AKIA` and 16 characters; a secret of 40 characters.
  private static func random(_ randomness: Randomness) -> AWSCredentials {
    AWSCredentials(
      accessKeyID: "AKIA" + randomness.string(16, from: alphabet),
      secretAccessKey: Base64.encode(randomness.bytes(30)))
  }

  private static func text(_ key: AWSCredentials) -> [UInt8] {
    let json: JSON = [
      "accessKeyId": .string(key.accessKeyID), "secretAccessKey": .string(key.secretAccessKey),
    ]
    return json.bytes() + [0x0A]
  }
}
