import Cryptography
import JSON
import Platform

/// How a token's header names its key.
enum KeyIDFormat: String, Sendable, CaseIterable {
  /// 40 hexadecimal digits, as on EKS.
  case eks
  /// 43 characters: SHA-256 over the public key, as kube-apiserver.
  case kubernetes

  /// The id of a key, from its DER SubjectPublicKeyInfo.
  func id(of publicKey: [UInt8]) -> String {
    let digest = SHA256.digest(publicKey)
    switch self {
    case .eks: return Hex.encode(digest.prefix(20))
    case .kubernetes: return Base64.encodeURL(digest)
    }
  }
}

/// The key that signs the cluster's tokens, with what is published of it.
struct TokenKey: Sendable {
  let id: String
  /// The body of `/openid/v1/jwks`.
  let jwks: [UInt8]
  let key: PrivateKey
  private let publicKey: PublicKey
  private let header: JSON
  private let ids: Set<ByteText>

  /// A signing key whose tokens carry an id of this format.
  init(_ key: PrivateKey, format: KeyIDFormat) {
    self.key = key
    publicKey = key.publicKey
    let information = publicKey.subjectPublicKeyInfo
    id = format.id(of: information)
    // Tokens issued before the format was changed stay good.
    ids = Set(KeyIDFormat.allCases.map { $0.id(of: information).bytes })
    header = ["alg": .string(key.jwsAlgorithm), "kid": .string(id)]
    jwks = (["keys": [publicKey.jwk(keyID: id)]] as JSON).bytes()
  }

  /// A token of these claims.
  func sign(_ claims: JSON) throws -> String {
    try JWT.signed(header: header, claims: claims, by: key)
  }

  /// Checks a token's signature; its header may leave out the key's id.
  func verify(_ token: JWT) throws(TokenRefusal) {
    if let id = token.keyID, !id.isEmpty, !ids.contains(id.bytes) { throw .unknownKey }
    do { try token.verify(with: publicKey) } catch { throw .badSignature }
  }
}
