import JSON
import Testing

@testable import Cryptography

/// Key sets as whoever publishes them likes.
@Suite struct JWKSTests {
  private static func token(_ key: PrivateKey, _ keyID: String?) throws -> JWT {
    var header: JSONObject = ["alg": .string(key.jwsAlgorithm)]
    header["kid"] = keyID.map(JSON.string)
    return try JWT(compact: JWT.signed(header: .object(header), claims: ["a": 1], by: key))
  }

  /// A set of so many RSA keys of one modulus, with a right one of P-256 among them.
  private static func set(_ count: Int, _ key: PrivateKey) throws -> JSON {
    let rsa = try PrivateKey.generate(.rsa2048).publicKey
    let others = (0..<count).map { rsa.jwk(keyID: "k\($0)") }
    return ["keys": .array(others + [key.publicKey.jwk(keyID: "right")])]
  }

  @Test("a hundred keys of a kind are taken, as IAM takes them, and one more is refused")
  func limit() throws {
    let key = try PrivateKey.generate(.p256)
    let json = try Self.set(100, key)
    try JWKS(json: json).verify(try Self.token(key, "right"))
    try JWKS(json: json).verify(try Self.token(key, nil))
    let error = #expect(throws: CryptographyError.self) {
      try JWKS(json: try Self.set(101, key))
    }
    #expect("\(error.map { "\($0)" } ?? "")".contains("101 keys of type RSA, more than 100"))
    let many = JSON.array((0..<101).map { key.publicKey.jwk(keyID: "\($0)") })
    #expect(throws: CryptographyError.self) { try JWKS(json: ["keys": many]) }
  }

  @Test("keys that we cannot use are passed over, whatever stands before them")
  func unusable() throws {
    let key = try PrivateKey.generate(.p256)
    let right = key.publicKey.jwk(keyID: "k")
    let keys: JSON = [
      ["kty": "oct", "kid": "k", "k": "c2VjcmV0"],
      ["kty": "RSA", "kid": "k", "n": "", "e": "AQAB"],
      ["kty": "EC", "kid": "k", "crv": "P-521"], "text", right,
    ]
    let set = try JWKS(json: ["keys": keys])
    #expect(set.contains(keyID: "k") && !set.contains(keyID: "other") && !set.isEmpty)
    try set.verify(try Self.token(key, "k"))
    #expect(throws: JWTError.self) { try set.verify(try Self.token(key, "other")) }
    #expect(try JWKS(json: ["keys": [["kty": "RSA", "kid": "x"]]]).isEmpty)
    #expect(throws: CryptographyError.self) { try JWKS(json: [:]) }
  }

  @Test("a set that is no answer to the token makes none of its keys")
  func lazy() throws {
    let key = try PrivateKey.generate(.p256)
    let set = try JWKS(json: try Self.set(100, key))
    #expect(throws: JWTError.self) { try set.verify(try Self.token(key, "unknown")) }
    #expect(set.madeKeys == 0)
    try set.verify(try Self.token(key, "right"))
    #expect(set.contains(keyID: "right") && set.madeKeys == 1)
  }

  @Test("messages show the first ids, cut")
  func shown() throws {
    let key = try PrivateKey.generate(.p256)
    func text(_ ids: [String]) throws -> String {
      try JWKS(json: ["keys": .array(ids.map { key.publicKey.jwk(keyID: $0) })]).shownKeyIDs
    }
    #expect(try text(["a", "b"]) == "a, b")
    #expect(try text((0..<9).map { "\($0)" }) == "0, 1, 2, 3, 4, 5, 6, 7, ...")
    #expect(
      try text([String(repeating: "x", count: 65)]) == String(repeating: "x", count: 64) + "...")
  }
}
