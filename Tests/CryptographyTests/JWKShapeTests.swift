import JSON
import Platform
import Testing

@testable import Cryptography

/// The members of public keys as relying parties read them (RFC 7517, RFC 7518 section 6).
@Suite struct JWKShapeTests {
  @Test("an RSA key has its modulus and exponent, as kube-apiserver orders the members")
  func rsa() throws {
    let key = try PrivateKey.generate(.rsa2048).publicKey
    let jwk = try #require(key.jwk(keyID: "id").object)
    #expect(jwk.names == ["use", "kty", "kid", "alg", "n", "e"])
    #expect(jwk["use"] == "sig" && jwk["kty"] == "RSA" && jwk["kid"] == "id")
    #expect(jwk["alg"] == "RS256" && jwk["e"] == "AQAB")
    #expect(jwk["n"]?.string.flatMap { Base64.decodeURL($0) }?.count == 256)
    #expect(try PublicKey(jwk: .object(jwk)).jwk(keyID: "id") == .object(jwk))
  }

  @Test("a P-256 key has its point")
  func elliptic() throws {
    let key = try PrivateKey.generate(.p256).publicKey
    let jwk = try #require(key.jwk(keyID: "id").object)
    #expect(jwk.names == ["use", "kty", "kid", "crv", "alg", "x", "y"])
    #expect(jwk["crv"] == "P-256" && jwk["alg"] == "ES256")
    for part in ["x", "y"] {
      #expect(jwk[part]?.string.flatMap { Base64.decodeURL($0) }?.count == 32)
    }
    #expect(try PublicKey(jwk: .object(jwk)).jwk(keyID: "id") == .object(jwk))
  }

  @Test("a key without one of its parts is none")
  func parts() throws {
    for kind in [KeyKind.rsa2048, .p256] {
      let whole = try #require(try PrivateKey.generate(kind).publicKey.jwk(keyID: "id").object)
      for missing in whole.names where !["use", "kid", "alg"].contains(missing) {
        var jwk = whole
        jwk[missing] = nil
        #expect(throws: CryptographyError.self, "\(missing)") {
          try PublicKey(jwk: .object(jwk))
        }
      }
    }
  }
}
