package import JSON
import Platform
import Synchronization

/// A set of public keys (RFC 7517 section 5); keys that we cannot use are passed over.
///
/// A key is made of its members when a token first asks for it: to make an RSA key takes OpenSSL a
/// sixth of a millisecond, and who publishes the set decides how many it has.
package struct JWKS: Sendable {
  /// The most keys of one kty that a set may have, which is what IAM takes of an OIDC provider.
  package static let keyLimit = 100
  /// How many key ids a message shows.
  private static let shownLimit = 8

  /// A key of the set, made once.
  private final class Entry: Sendable {
    let keyID: String?
    private let jwk: JSON
    private let made = Mutex<PublicKey??>(nil)

    init(_ jwk: JSON) {
      self.jwk = jwk
      keyID = jwk["kid"]?.string
    }

    /// Whether the key was asked for.
    var isMade: Bool { made.withLock { if case .none = $0 { false } else { true } } }

    /// The key; nil where we cannot use it.
    var key: PublicKey? {
      made.withLock { made in
        if let made { return made }
        let key = try? PublicKey(jwk: jwk)
        made = .some(key)
        return key
      }
    }
  }
  private let entries: [Entry]

  /// Reads a key set.
  /// - Throws: where it has no keys, or more than ``keyLimit`` of a kty.
  package init(json: JSON) throws(CryptographyError) {
    guard let keys = json["keys"]?.array else {
      throw CryptographyError("the key set has no keys")
    }
    for type in ["RSA", "EC"] as [ByteText] {
      let count = keys.count { $0["kty"]?.string?.bytes == type }
      guard count <= Self.keyLimit else {
        throw CryptographyError(
          "the key set has \(count) keys of type \(type), more than \(Self.keyLimit)")
      }
    }
    entries = keys.filter { ["RSA", "EC"].contains($0["kty"]?.string?.bytes) }.map(Entry.init)
  }

  /// The key ids, for messages: the first of them, none longer than 64 bytes.
  package var shownKeyIDs: String {
    let ids = entries.compactMap(\.keyID)
    let shown = ids.prefix(Self.shownLimit).map {
      $0.utf8.count <= 64 ? $0 : String(decoding: $0.utf8.prefix(64), as: UTF8.self) + "..."
    }
    return (shown + (ids.count > shown.count ? ["..."] : [])).joined(separator: ", ")
  }

  /// How many keys tokens have asked for.
  var madeKeys: Int { entries.count(where: \.isMade) }

  /// Whether the set has no key that we can use.
  package var isEmpty: Bool { entries.allSatisfy { $0.key == nil } }

  /// Whether a key that we can use has this id.
  package func contains(keyID: String) -> Bool { key(keyID) != nil }

  private func key(_ keyID: String) -> PublicKey? {
    for entry in entries where entry.keyID?.bytes == keyID.bytes {
      if let key = entry.key { return key }
    }
    return nil
  }

  /// Checks a token against the key that it names, or against all where it names none.
  package func verify(_ token: JWT) throws(JWTError) {
    guard let keyID = token.keyID else {
      let verifies = entries.contains { entry in
        entry.key.map { (try? token.verify(with: $0)) != nil } ?? false
      }
      guard verifies else { throw .signature }
      return
    }
    guard let key = key(keyID) else { throw .unknownKey(keyID) }
    try token.verify(with: key)
  }
}
