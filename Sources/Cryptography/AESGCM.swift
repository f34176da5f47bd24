import COpenSSL

/// AES-256 in Galois/Counter Mode (NIST SP 800-38D).
package enum AESGCM {
  private static let tagSize = 16

  /// The ciphertext with the 16-byte tag behind it.
  ///
  /// The key has 32 bytes, the nonce 12, and no nonce is used twice under one key.
  package static func seal(
    _ plain: [UInt8], key: [UInt8], nonce: [UInt8], authenticating data: [UInt8] = []
  ) throws(CryptographyError) -> [UInt8] {
    guard key.count == 32, nonce.count == 12 else { throw CryptographyError("bad key or nonce") }
    let context = EVP_CIPHER_CTX_new()
    defer { EVP_CIPHER_CTX_free(context) }
    var sealed = [UInt8](repeating: 0, count: plain.count + tagSize)
    var count: Int32 = 0
    var tag = [UInt8](repeating: 0, count: tagSize)
    guard EVP_EncryptInit_ex(context, EVP_aes_256_gcm(), nil, key, nonce) == 1,
      data.isEmpty || EVP_EncryptUpdate(context, nil, &count, data, Int32(data.count)) == 1,
      EVP_EncryptUpdate(context, &sealed, &count, plain, Int32(plain.count)) == 1,
      EVP_EncryptFinal_ex(context, nil, &count) == 1,
      EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, Int32(tagSize), &tag) == 1
    else { throw .fromQueue("sealing failed") }
    sealed.replaceSubrange(plain.count..., with: tag)
    return sealed
  }

  /// The plaintext of what ``seal(_:key:nonce:authenticating:)`` made; an error if one bit differs.
  package static func open(
    _ sealed: [UInt8], key: [UInt8], nonce: [UInt8], authenticating data: [UInt8] = []
  ) throws(CryptographyError) -> [UInt8] {
    guard key.count == 32, nonce.count == 12, sealed.count >= tagSize else {
      throw CryptographyError("not a sealed text")
    }
    let context = EVP_CIPHER_CTX_new()
    defer { EVP_CIPHER_CTX_free(context) }
    let cipherCount = sealed.count - tagSize
    var tag = Array(sealed[cipherCount...])
    var plain = [UInt8](repeating: 0, count: max(1, cipherCount))
    var count: Int32 = 0
    guard EVP_DecryptInit_ex(context, EVP_aes_256_gcm(), nil, key, nonce) == 1,
      data.isEmpty || EVP_DecryptUpdate(context, nil, &count, data, Int32(data.count)) == 1,
      EVP_DecryptUpdate(context, &plain, &count, sealed, Int32(cipherCount)) == 1,
      EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(tagSize), &tag) == 1,
      EVP_DecryptFinal_ex(context, nil, &count) == 1
    else { throw .fromQueue("the sealed text was changed") }
    return Array(plain.prefix(cipherCount))
  }
}
