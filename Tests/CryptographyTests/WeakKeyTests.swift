import JSON
import Platform
import Testing

@testable import Cryptography

/// How strong a published key must be.
@Suite struct WeakKeyTests {
  /// A JWK of an RSA key whose modulus has so many bits; that it is no product of primes is not seen.
  private static func rsa(bits: Int) -> JSON {
    var modulus = [UInt8](repeating: 0xA5, count: (bits + 7) / 8)
    modulus[0] = UInt8(1 << ((bits - 1) % 8))
    return [
      "kty": "RSA", "kid": "k", "n": .string(Base64.encodeURL(modulus)), "e": "AQAB",
    ]
  }

  @Test("an RSA key of less than 2,048 bits is none", arguments: [512, 1024, 1536, 2040, 2047])
  func weak(bits: Int) throws {
    let json = Self.rsa(bits: bits)
    #expect(throws: CryptographyError.self) { try PublicKey(jwk: json) }
    let set = try JWKS(json: ["keys": [json]])
    #expect(set.isEmpty && !set.contains(keyID: "k"))
  }

  @Test("one of 2,048 bits or more is", arguments: [2048, 2049, 3072, 4096])
  func strong(bits: Int) throws {
    let json = Self.rsa(bits: bits)
    #expect(try PublicKey(jwk: json).jwsAlgorithm == "RS256")
    #expect(try JWKS(json: ["keys": [json]]).contains(keyID: "k"))
  }
}
