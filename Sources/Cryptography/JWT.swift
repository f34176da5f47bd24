package import JSON
import Platform

/// Why a token was not accepted, as far as its signature goes.
package enum JWTError: Error, Sendable {
  /// `alg` is missing, `none`, or not that of the key.
  case algorithm
  /// No key has this `kid`.
  case unknownKey(String)
  case signature
  /// The header has `crit`: what it names must be understood, and none of it is here (RFC 7515
  /// section 4.1.11).
  case critical
}

/// A JSON Web Token in compact form (RFC 7519, RFC 7515 section 3.1), not yet verified.
package struct JWT: Sendable {
  package let header: JSON
  package let claims: JSON
  /// What the signature is of: the first two parts with the dot between them.
  package let signingInput: [UInt8]
  /// Empty where it does not decode and ``JWTReading/golang`` does not mind.
  package let signature: [UInt8]

  /// Reads a compact token.
  package init(
    compact text: String, as reading: JWTReading = .strict
  ) throws(JWTMalformation) {
    let parts = text.utf8.split(
      separator: UInt8(ascii: "."), maxSplits: 3, omittingEmptySubsequences: false)
    guard parts.count == 3 else { throw .parts }
    header = try reading.object(.header, in: Array(parts[0]))
    claims = try reading.object(.claims, in: Array(parts[1]))
    signature = try reading.signature(in: Array(parts[2]))
    signingInput = Array(text.utf8.prefix(parts[0].count + 1 + parts[1].count))
  }

  /// The key that the header names.
  package var keyID: String? { header["kid"]?.string }

  /// Whom claims are for: `aud` is a list or one text (RFC 7519 section 4.1.3).
  package static func audiences(in claims: JSON) -> [String] {
    claims["aud"]?.strings ?? claims["aud"]?.string.map { [$0] } ?? []
  }

  /// A compact token of these claims.
  package static func signed(
    header: JSON, claims: JSON, by key: PrivateKey
  ) throws(CryptographyError) -> String {
    let input = Base64.encodeURL(header.bytes()) + "." + Base64.encodeURL(claims.bytes())
    return input + "." + Base64.encodeURL(try key.sign(Array(input.utf8)))
  }

  /// Checks algorithm and signature against one key.
  package func verify(with key: PublicKey) throws(JWTError) {
    guard header["crit"] == nil else { throw .critical }
    guard let algorithm = header["alg"]?.string, algorithm.bytes == key.jwsAlgorithm.bytes else {
      throw .algorithm
    }
    guard key.verifies(signature, of: signingInput) else { throw .signature }
  }
}
