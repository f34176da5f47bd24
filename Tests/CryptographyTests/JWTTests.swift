import JSON
import Platform
import Testing

@testable import Cryptography

@Suite struct JWTTests {
  @Test("digests and codes of published vectors")
  func digests() {
    // FIPS 180-4, RFC 1321 and RFC 4231's second case.
    #expect(
      SHA256.hex(Array("abc".utf8))
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(Hex.encode(MD5.digest(Array("abc".utf8))) == "900150983cd24fb0d6963f7d28e17f72")
    let code = HMACSHA256.code(
      Array("what do ya want for nothing?".utf8), key: Array("Jefe".utf8))
    #expect(
      Hex.encode(code) == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
  }

  @Test("sealing opens with the same key, nonce and data alone")
  func sealing() throws {
    let key = [UInt8](repeating: 1, count: 32)
    let nonce = [UInt8](repeating: 2, count: 12)
    let sealed = try AESGCM.seal(Array("secret".utf8), key: key, nonce: nonce, authenticating: [3])
    #expect(
      try AESGCM.open(sealed, key: key, nonce: nonce, authenticating: [3]) == Array("secret".utf8))
    #expect(throws: (any Error).self) {
      try AESGCM.open(sealed, key: key, nonce: nonce, authenticating: [4])
    }
    for index in sealed.indices {
      var changed = sealed
      changed[index] ^= 1
      #expect(throws: (any Error).self) {
        try AESGCM.open(changed, key: key, nonce: nonce, authenticating: [3])
      }
    }
  }

  @Test("a signed token verifies through a key set, and through no other")
  func tokens() throws {
    let key = try PrivateKey.generate(.p256)
    let other = try PrivateKey.generate(.p256)
    let text = try JWT.signed(
      header: ["alg": .string(key.jwsAlgorithm), "kid": "k"], claims: ["a": 1], by: key)
    let token = try JWT(compact: text)
    let good = try JWKS(json: ["keys": [key.publicKey.jwk(keyID: "k")]])
    let bad = try JWKS(json: ["keys": [other.publicKey.jwk(keyID: "k")]])
    try good.verify(token)
    #expect(throws: JWTError.self) { try bad.verify(token) }
    let unknown = try JWKS(json: ["keys": [key.publicKey.jwk(keyID: "other")]])
    #expect(throws: JWTError.self) { try unknown.verify(token) }
    // One changed character of the claims breaks it.
    var parts = text.split(separator: ".").map(String.init)
    parts[1] = Base64.encodeURL(Array(#"{"a":2}"#.utf8))
    #expect(throws: JWTError.self) {
      try good.verify(try JWT(compact: parts.joined(separator: ".")))
    }
  }

  @Test("texts that are no tokens", arguments: ["", ".", "..", "a.b", "a.b.c.d", "e30.e30.="])
  func malformed(text: String) {
    #expect(throws: JWTMalformation.self) { try JWT(compact: text) }
  }

  @Test("keys survive their PEM form")
  func pem() throws {
    let key = try PrivateKey.generate(.p256)
    let again = try PrivateKey(pem: key.pem)
    #expect(again.publicKey.subjectPublicKeyInfo == key.publicKey.subjectPublicKeyInfo)
    #expect(throws: (any Error).self) { try PrivateKey(pem: "nonsense") }
  }

  @Test(
    "a header that asks for extensions is refused (RFC 7515 section 4.1.11)",
    arguments: [["exp"], ["b64"], [], "exp", .null, ["x": 1]] as [JSON])
  func critical(names: JSON) throws {
    let key = try PrivateKey.generate(.p256)
    let text = try JWT.signed(
      header: ["alg": .string(key.jwsAlgorithm), "kid": "k", "crit": names], claims: [:], by: key)
    let keys = try JWKS(json: ["keys": [key.publicKey.jwk(keyID: "k")]])
    let error = #expect(throws: JWTError.self) { try keys.verify(try JWT(compact: text)) }
    if case .critical? = error { return }
    Issue.record("\(String(describing: error))")
  }

  @Test("a JWK's RSA key beyond what OpenSSL takes is refused", arguments: [2049, 65_536, 66_000])
  func oversizedKey(count: Int) {
    let large = Base64.encodeURL([UInt8](repeating: 0xFF, count: count))
    for jwk in [["n": large, "e": "AQAB"], ["n": "_w", "e": large]] {
      var key: JSON = ["kty": "RSA"]
      for (name, value) in jwk {
        key = .object(
          key.object.map {
            var o = $0
            o[name] = .string(value)
            return o
          } ?? [:])
      }
      #expect(throws: CryptographyError.self) { try PublicKey(jwk: key) }
    }
  }
}
