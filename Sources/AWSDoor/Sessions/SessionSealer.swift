import Cryptography
import JSON
package import Platform
import Synchronization

/// Makes temporary credentials and reads them back, without remembering any.
///
/// The secret is derived from the access key id; the token is the session itself under
/// AES-256-GCM, bound to that access key id. Both keys come from one file, so credentials outlive a
/// restart and stop working where the file is another.
package final class SessionSealer: Sendable {
  private struct Keys {
    let sealing: [UInt8]
    let secret: [UInt8]

    init(master: [UInt8]) {
      sealing = HMACSHA256.code(Array("podid session token".utf8), key: master)
      secret = HMACSHA256.code(Array("podid secret access key".utf8), key: master)
    }
  }

  /// What session tokens of AWS begin with once decoded; in base 64 it reads `IQoJb3JpZ2luX2Vj`.
  private static let prefix: [UInt8] = [0x21, 0x0A, 0x09] + Array("origin_ec".utf8)
  /// The form of what follows the prefix.
  private static let version: UInt8 = 1
  private static let keyAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

  private let keys: Mutex<Keys>
  private let randomness: Randomness

  /// A sealer under a master key of 32 bytes.
  package init(masterKey: [UInt8], randomness: Randomness = .system) {
    keys = Mutex(Keys(master: masterKey))
    self.randomness = randomness
  }

  /// A sealer whose key is in a file, made (0600, 64 hexadecimal digits) at first use.
  package convenience init(keyFile path: String, randomness: Randomness = .system) throws(FileError)
  {
    if !SafeFile.exists(path) {
      let fresh = Hex.encode(randomness.bytes(32)) + "\n"
      // Where another process was faster, its key is the one that counts.
      _ = try SafeFile.create(Array(fresh.utf8), at: path)
    }
    let text = try SafeFile.readText(path, limit: 1024)
    guard let key = Hex.decode(String(text.bytes.cut(at: "\n").0)), key.count == 32 else {
      throw FileError(
        path: path,
        reason: "does not hold a key of 64 hexadecimal digits; remove it to make a new one "
          + "(credentials issued before stop working)")
    }
    self.init(masterKey: key, randomness: randomness)
  }

  /// Makes a new key, in memory and in its file: credentials issued before stop working.
  package func renew(keyFile path: String) throws(FileError) {
    let master = randomness.bytes(32)
    try SafeFile.write(Array((Hex.encode(master) + "\n").utf8), to: path)
    keys.withLock { $0 = Keys(master: master) }
  }

  /// New credentials for a session.
  package func issue(_ session: IssuedSession) throws -> SessionCredentials {
    let accessKeyID = "ASIA" + randomness.string(16, from: Self.keyAlphabet)
    let nonce = randomness.bytes(12)
    let sealed = try AESGCM.seal(
      session.json.bytes(), key: keys.withLock { $0.sealing }, nonce: nonce,
      authenticating: Self.associated(accessKeyID))
    let token = Self.prefix + [Self.version] + nonce + sealed
    return SessionCredentials(
      accessKeyID: accessKeyID, secretAccessKey: secret(of: accessKeyID),
      sessionToken: Base64.encode(token), expires: session.expires)
  }

  /// The secret access key of an access key id: 40 characters.
  package func secret(of accessKeyID: String) -> String {
    Base64.encode(
      HMACSHA256.code(Array(accessKeyID.utf8), key: keys.withLock { $0.secret }).prefix(30))
  }

  /// The session in a token; nil where the token is not ours or not of this access key id.
  package func open(_ token: String, accessKeyID: String) -> IssuedSession? {
    let head = Self.prefix.count + 1
    guard let bytes = Base64.decode(token), bytes.count > head + 12 + 16,
      bytes.starts(with: Self.prefix), bytes[Self.prefix.count] == Self.version,
      let plain = try? AESGCM.open(
        Array(bytes[(head + 12)...]), key: keys.withLock { $0.sealing },
        nonce: Array(bytes[head..<(head + 12)]),
        authenticating: Self.associated(accessKeyID)),
      let json = try? JSON.parse(plain)
    else { return nil }
    return IssuedSession(json: json)
  }

  private static func associated(_ accessKeyID: String) -> [UInt8] {
    prefix + [version] + Array(accessKeyID.utf8)
  }
}
