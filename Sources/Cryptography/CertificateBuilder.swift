import COpenSSL
import Platform

/// An X.509 certificate in the making (RFC 5280, version 3).
final class CertificateBuilder {
  private let handle: OpaquePointer
  private let authority: Certificate?

  init(
    subject: String, issuer: String, publicKey: PublicKey, now: Instant, lifetime: Duration,
    randomness: Randomness, authority: Certificate? = nil
  ) throws(CryptographyError) {
    guard let handle = X509_new() else { throw .fromQueue("no certificate") }
    self.handle = handle
    self.authority = authority
    // An hour back, for clients whose clocks are a little behind.
    let start = now.seconds - 3600
    let end = (now + lifetime).seconds
    X509_set_version(handle, 2)
    var serial = randomness.bytes(16)
    serial[0] = serial[0] & 0x7F | 0x40
    let number = BN_bin2bn(serial, Int32(serial.count), nil)
    BN_to_ASN1_INTEGER(number, X509_get_serialNumber(handle))
    BN_free(number)
    ASN1_TIME_set(X509_getm_notBefore(handle), time_t(start))
    ASN1_TIME_set(X509_getm_notAfter(handle), time_t(end))
    guard X509_set_pubkey(handle, publicKey.handle) == 1,
      Self.setName(X509_get_subject_name(handle), subject),
      Self.setName(X509_get_issuer_name(handle), issuer)
    else { throw .fromQueue("no certificate") }
  }

  deinit { X509_free(handle) }

  private static func setName(_ name: OpaquePointer?, _ text: String) -> Bool {
    // Common names end at 64 characters (RFC 5280 appendix A.1).
    let bytes = Array(text.utf8.prefix(64))
    return X509_NAME_add_entry_by_NID(
      name, NID_commonName, V_ASN1_UTF8STRING, bytes, Int32(bytes.count), -1, 0) == 1
  }

  /// Adds an extension in OpenSSL's configuration syntax.
  func add(_ identifier: Int32, _ value: String) throws(CryptographyError) {
    var context = X509V3_CTX()
    X509V3_set_ctx(&context, authority?.handle ?? handle, handle, nil, nil, 0)
    guard let part = X509V3_EXT_nconf_nid(nil, &context, identifier, value) else {
      throw .fromQueue("no certificate extension \(value)")
    }
    defer { X509_EXTENSION_free(part) }
    guard X509_add_ext(handle, part, -1) == 1 else { throw .fromQueue("no certificate extension") }
  }

  /// The certificate in PEM, signed.
  func signed(by key: PrivateKey) throws(CryptographyError) -> String {
    guard X509_sign(handle, key.handle, EVP_sha256()) > 0 else { throw .fromQueue("not signed") }
    let bio = BIO_new(BIO_s_mem())
    defer { BIO_free(bio) }
    PEM_write_bio_X509(bio, handle)
    return MemoryBIO.text(bio)
  }
}
