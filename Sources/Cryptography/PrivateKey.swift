import COpenSSL
import JSON

/// The kinds of keys that tokens and certificates are signed with.
package enum KeyKind: Sendable {
  /// RSA of 2,048 bits, for RS256.
  case rsa2048
  /// NIST P-256, for ES256.
  case p256
}

/// A private key.
///
/// Safety: an EVP_PKEY is not changed after it was made, and OpenSSL counts its owners atomically.
package final class PrivateKey: @unchecked Sendable {
  let handle: OpaquePointer
  /// The public half.
  package let publicKey: PublicKey

  init(owning handle: OpaquePointer) throws(CryptographyError) {
    self.handle = handle
    publicKey = try PublicKey(copying: handle)
  }

  deinit { EVP_PKEY_free(handle) }

  /// Makes a key.
  package static func generate(_ kind: KeyKind) throws(CryptographyError) -> PrivateKey {
    let context: OpaquePointer?
    switch kind {
    case .rsa2048:
      context = EVP_PKEY_CTX_new_from_name(nil, "RSA", nil)
      guard EVP_PKEY_keygen_init(context) == 1, EVP_PKEY_CTX_set_rsa_keygen_bits(context, 2048) == 1
      else { throw .fromQueue("no RSA key") }
    case .p256:
      context = EVP_PKEY_CTX_new_from_name(nil, "EC", nil)
      guard EVP_PKEY_keygen_init(context) == 1,
        EVP_PKEY_CTX_set_ec_paramgen_curve_nid(context, NID_X9_62_prime256v1) == 1
      else { throw .fromQueue("no P-256 key") }
    }
    defer { EVP_PKEY_CTX_free(context) }
    var key: OpaquePointer?
    guard EVP_PKEY_generate(context, &key) == 1, let key else { throw .fromQueue("no key") }
    return try PrivateKey(owning: key)
  }

  /// Reads a private key in PEM.
  package convenience init(pem: String) throws(CryptographyError) {
    let bio = MemoryBIO.holding(pem)
    defer { BIO_free(bio) }
    guard let key = PEM_read_bio_PrivateKey(bio, nil, nil, nil) else {
      throw .fromQueue("not a private key in PEM")
    }
    try self.init(owning: key)
  }

  /// The key in PKCS #8 PEM, unencrypted.
  package var pem: String {
    let bio = BIO_new(BIO_s_mem())
    defer { BIO_free(bio) }
    PEM_write_bio_PKCS8PrivateKey(bio, handle, nil, nil, 0, nil, nil)
    return MemoryBIO.text(bio)
  }

  /// The JWS algorithm that goes with the key (RFC 7518 section 3.1): `RS256` or `ES256`.
  package var jwsAlgorithm: String { publicKey.jwsAlgorithm }

  /// The JWS signature of a message with SHA-256: PKCS #1 v1.5, or `r` and `s` of 32 bytes each.
  package func sign(_ message: [UInt8]) throws(CryptographyError) -> [UInt8] {
    let context = EVP_MD_CTX_new()
    defer { EVP_MD_CTX_free(context) }
    var count = Int(EVP_PKEY_get_size(handle))
    var signature = [UInt8](repeating: 0, count: count)
    guard EVP_DigestSignInit(context, nil, EVP_sha256(), nil, handle) == 1,
      EVP_DigestSign(context, &signature, &count, message, message.count) == 1
    else { throw .fromQueue("signing failed") }
    signature.removeLast(signature.count - count)
    guard jwsAlgorithm.bytes == "ES256" else { return signature }
    guard let raw = ECDSASignature.raw(der: signature) else {
      throw CryptographyError("signing failed")
    }
    return raw
  }
}

/// An ECDSA signature's two forms: DER as OpenSSL has it, `r || s` as JWS has it (RFC 7518 3.4).
enum ECDSASignature {
  static func raw(der: [UInt8]) -> [UInt8]? {
    der.withUnsafeBufferPointer { buffer in
      var start = buffer.baseAddress
      guard let signature = d2i_ECDSA_SIG(nil, &start, buffer.count) else { return nil }
      defer { ECDSA_SIG_free(signature) }
      var raw = [UInt8](repeating: 0, count: 64)
      let written = raw.withUnsafeMutableBufferPointer { raw in
        BN_bn2binpad(ECDSA_SIG_get0_r(signature), raw.baseAddress, 32) == 32
          && BN_bn2binpad(ECDSA_SIG_get0_s(signature), raw.baseAddress?.advanced(by: 32), 32) == 32
      }
      return written ? raw : nil
    }
  }

  static func der(raw: [UInt8]) -> [UInt8]? {
    guard raw.count == 64, let signature = ECDSA_SIG_new() else { return nil }
    defer { ECDSA_SIG_free(signature) }
    let r = BN_bin2bn(raw, 32, nil)
    let s = Array(raw[32...]).withUnsafeBufferPointer { BN_bin2bn($0.baseAddress, 32, nil) }
    guard ECDSA_SIG_set0(signature, r, s) == 1 else { return nil }
    var output: UnsafeMutablePointer<UInt8>?
    let count = i2d_ECDSA_SIG(signature, &output)
    guard count > 0, let output else { return nil }
    defer { CRYPTO_free(output, #file, 0) }
    return Array(UnsafeBufferPointer(start: output, count: Int(count)))
  }
}

/// The text that was written into a memory BIO.
enum MemoryBIO {
  /// A BIO with a copy of the text; BIO_new_mem_buf would refer to memory that Swift lends for the
  /// call alone.
  static func holding(_ text: String) -> OpaquePointer? {
    let bio = BIO_new(BIO_s_mem())
    let bytes = Array(text.utf8)
    guard BIO_write(bio, bytes, Int32(bytes.count)) == Int32(bytes.count) || bytes.isEmpty else {
      BIO_free(bio)
      return nil
    }
    return bio
  }

  static func bytes(_ bio: OpaquePointer?) -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = BIO_read(bio, &chunk, Int32(chunk.count))
      guard count > 0 else { return bytes }
      bytes.append(contentsOf: chunk[..<Int(count)])
    }
  }

  static func text(_ bio: OpaquePointer?) -> String {
    String(decoding: bytes(bio), as: UTF8.self)
  }
}
