import COpenSSL
package import JSON
import Platform

/// A public key: RSA of at least 2,048 bits, or P-256.
///
/// Safety: an EVP_PKEY is not changed after it was made, and OpenSSL counts its owners atomically.
package final class PublicKey: @unchecked Sendable {
  let handle: OpaquePointer
  /// `RS256` or `ES256`.
  package let jwsAlgorithm: String

  init(owning handle: OpaquePointer) throws(CryptographyError) {
    self.handle = handle
    switch EVP_PKEY_get_base_id(handle) {
    case EVP_PKEY_RSA where EVP_PKEY_get_bits(handle) >= 2048: jwsAlgorithm = "RS256"
    case EVP_PKEY_EC where EVP_PKEY_get_bits(handle) == 256: jwsAlgorithm = "ES256"
    default:
      EVP_PKEY_free(handle)
      throw CryptographyError("the key is neither RSA of 2,048 bits or more nor P-256")
    }
  }

  deinit { EVP_PKEY_free(handle) }

  /// The public half of a key, through its DER form.
  convenience init(copying key: OpaquePointer) throws(CryptographyError) {
    var output: UnsafeMutablePointer<UInt8>?
    let count = i2d_PUBKEY(key, &output)
    guard count > 0, let output else { throw .fromQueue("no public key") }
    defer { CRYPTO_free(output, #file, 0) }
    try self.init(
      subjectPublicKeyInfo: Array(UnsafeBufferPointer(start: output, count: Int(count))))
  }

  /// Reads a DER SubjectPublicKeyInfo (RFC 5280 section 4.1).
  package convenience init(subjectPublicKeyInfo der: [UInt8]) throws(CryptographyError) {
    let key = der.withUnsafeBufferPointer { buffer in
      var start = buffer.baseAddress
      return d2i_PUBKEY(nil, &start, buffer.count)
    }
    guard let key else { throw .fromQueue("not a public key") }
    try self.init(owning: key)
  }

  /// The key as a DER SubjectPublicKeyInfo.
  package var subjectPublicKeyInfo: [UInt8] {
    var output: UnsafeMutablePointer<UInt8>?
    let count = i2d_PUBKEY(handle, &output)
    guard count > 0, let output else { return [] }
    defer { CRYPTO_free(output, #file, 0) }
    return Array(UnsafeBufferPointer(start: output, count: Int(count)))
  }

  /// Whether a JWS signature with SHA-256 is this key's.
  package func verifies(_ signature: [UInt8], of message: [UInt8]) -> Bool {
    guard
      let der = jwsAlgorithm.bytes == "ES256" ? ECDSASignature.der(raw: signature) : signature
    else {
      return false
    }
    let context = EVP_MD_CTX_new()
    defer {
      EVP_MD_CTX_free(context)
      ERR_clear_error()
    }
    return EVP_DigestVerifyInit(context, nil, EVP_sha256(), nil, handle) == 1
      && EVP_DigestVerify(context, der, der.count, message, message.count) == 1
  }

  /// The key as a JWK (RFC 7517), members in the order of kube-apiserver.
  package func jwk(keyID: String) -> JSON {
    var members: JSONObject = ["use": "sig"]
    if jwsAlgorithm.bytes == "RS256" {
      members["kty"] = "RSA"
      members["kid"] = .string(keyID)
      members["alg"] = "RS256"
      members["n"] = .string(Base64.encodeURL(number(OSSL_PKEY_PARAM_RSA_N)))
      members["e"] = .string(Base64.encodeURL(number(OSSL_PKEY_PARAM_RSA_E)))
    } else {
      // The DER of a P-256 key ends with the uncompressed point: 04, x, y.
      let point = subjectPublicKeyInfo.suffix(64)
      members["kty"] = "EC"
      members["kid"] = .string(keyID)
      members["crv"] = "P-256"
      members["alg"] = "ES256"
      members["x"] = .string(Base64.encodeURL(point.prefix(32)))
      members["y"] = .string(Base64.encodeURL(point.suffix(32)))
    }
    return .object(members)
  }

  private func number(_ name: String) -> [UInt8] {
    var value: OpaquePointer?
    guard EVP_PKEY_get_bn_param(handle, name, &value) == 1 else { return [] }
    defer { BN_free(value) }
    var bytes = [UInt8](repeating: 0, count: Int((BN_num_bits(value) + 7) / 8))
    BN_bn2bin(value, &bytes)
    return bytes
  }

  /// Reads a JWK of kty RSA or EC.
  package convenience init(jwk: JSON) throws(CryptographyError) {
    func part(_ name: String) throws(CryptographyError) -> [UInt8] {
      guard let bytes = jwk[name]?.string.flatMap({ Base64.decodeURL($0) }), !bytes.isEmpty else {
        throw CryptographyError("the JWK has no proper \(name)")
      }
      return bytes
    }
    switch jwk["kty"]?.string?.bytes {
    case "RSA":
      let (modulus, exponent) = (try part("n"), try part("e"))
      // OpenSSL takes no larger modulus (`OPENSSL_RSA_MAX_MODULUS_BITS`, 16,384 bits).
      guard modulus.count <= 2048, exponent.count <= 2048 else {
        throw CryptographyError("the JWK's RSA key is too large")
      }
      let spki = DER.rsaPublicKey(modulus: modulus, exponent: exponent)
      try self.init(subjectPublicKeyInfo: spki)
    case "EC" where jwk["crv"]?.string?.bytes == "P-256":
      let (x, y) = (try part("x"), try part("y"))
      guard x.count == 32, y.count == 32 else { throw CryptographyError("bad P-256 point") }
      try self.init(subjectPublicKeyInfo: DER.p256PublicKey(x: x, y: y))
    default: throw CryptographyError("the JWK is neither RSA nor P-256")
    }
  }
}

/// The few DER structures that turn a JWK into a SubjectPublicKeyInfo (ITU-T X.690, RFC 8017 A.1).
private enum DER {
  static func rsaPublicKey(modulus: [UInt8], exponent: [UInt8]) -> [UInt8] {
    let algorithm: [UInt8] = [
      0x30, 0x0D, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00,
    ]
    let key = element(0x30, integer(modulus) + integer(exponent))
    return element(0x30, algorithm + element(0x03, [0] + key))
  }

  static func p256PublicKey(x: [UInt8], y: [UInt8]) -> [UInt8] {
    let algorithm: [UInt8] = [
      0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A, 0x86,
      0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07,
    ]
    return element(0x30, algorithm + element(0x03, [0, 4] + x + y))
  }

  private static func integer(_ bytes: [UInt8]) -> [UInt8] {
    let digits = Array(bytes.drop { $0 == 0 })
    return element(0x02, (digits.first ?? 0x80) >= 0x80 ? [0] + digits : digits)
  }

  /// An element of at most 65,535 bytes.
  private static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
    var length = [UInt8(truncatingIfNeeded: content.count)]
    if content.count > 127 {
      length = content.count > 255 ? [0x82, UInt8(truncatingIfNeeded: content.count >> 8)] : [0x81]
      length.append(UInt8(truncatingIfNeeded: content.count))
    }
    return [tag] + length + content
  }
}
