import JSON
package import Platform

/// The long-term keys of the account's root.
package struct RootCredentials: Sendable, Hashable {
  package let accessKeyID: String
  package let secretAccessKey: String

  /// `test` and `test`: a convenience on loopback addresses, no secret.
  package static let test = RootCredentials(accessKeyID: "test", secretAccessKey: "test")

  /// A pair of keys.
  package init(accessKeyID: String, secretAccessKey: String) {
    self.accessKeyID = accessKeyID
    self.secretAccessKey = secretAccessKey
  }

  /// The random pair in a file, made (0600) at first use.
  package init(file path: String, randomness: Randomness = .system) throws(FileError) {
    if !SafeFile.exists(path) {
      let fresh: JSON = [
        "accessKeyId": .string(
          "AKIA" + randomness.string(16, from: "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")),
        "secretAccessKey": .string(Base64.encode(randomness.bytes(30))),
      ]
      _ = try SafeFile.create(fresh.bytes() + [0x0A], at: path)
    }
    let json = try? JSON.parse(try SafeFile.read(path, limit: 4096))
    guard let id = json?["accessKeyId"]?.string, let secret = json?["secretAccessKey"]?.string
    else { throw FileError(path: path, reason: "does not hold the root's credentials") }
    self.init(accessKeyID: id, secretAccessKey: secret)
  }
}
