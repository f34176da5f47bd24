import COpenSSL
import JSON
package import Platform

/// A certificate authority of a stack: P-256, and name-constrained to local names, so that it is of
/// no use against anybody else if its key leaks (RFC 5280 section 4.2.1.10).
package struct CertificateAuthority: Sendable {
  /// The authority's own certificate in PEM.
  package let certificatePEM: String
  private let key: PrivateKey

  /// An authority that was made before.
  package init(certificatePEM: String, keyPEM: String) throws(CryptographyError) {
    self.certificatePEM = certificatePEM
    key = try PrivateKey(pem: keyPEM)
    let certificate = try Certificate(pem: certificatePEM)
    guard X509_check_private_key(certificate.handle, key.handle) == 1 else {
      throw .fromQueue("the authority's key does not belong to its certificate")
    }
  }

  /// Makes an authority that lasts ten years.
  package static func make(
    name: String, key: PrivateKey, now: Instant, randomness: Randomness
  ) throws(CryptographyError) -> CertificateAuthority {
    let builder = try CertificateBuilder(
      subject: name, issuer: name, publicKey: key.publicKey, now: now,
      lifetime: .seconds(315_360_000),
      randomness: randomness)
    try builder.add(NID_basic_constraints, "critical,CA:TRUE,pathlen:0")
    try builder.add(NID_key_usage, "critical,keyCertSign,cRLSign")
    try builder.add(NID_subject_key_identifier, "hash")
    try builder.add(NID_name_constraints, "critical," + Self.constraints.joined(separator: ","))
    return try CertificateAuthority(
      certificatePEM: try builder.signed(by: key), keyPEM: key.pem)
  }

  /// Single-label names cannot be told from domains in a constraint, so the local top levels are
  /// named, and of addresses loopback, link-local and the private ranges.
  private static let constraints =
    [
      "localhost", "local", "internal", "test", "svc", "default", "kubernetes", "kubernetes-api",
      "aws-api",
      "podid", "localdomain",
    ].map { "permitted;DNS:\($0)" }
    + [
      "127.0.0.0/255.0.0.0", "10.0.0.0/255.0.0.0", "172.16.0.0/255.240.0.0",
      "192.168.0.0/255.255.0.0", "169.254.0.0/255.255.0.0", "0.0.0.0/255.255.255.255",
      "0:0:0:0:0:0:0:1/FFFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF",
      "FC00:0:0:0:0:0:0:0/FE00:0:0:0:0:0:0:0", "FE80:0:0:0:0:0:0:0/FFC0:0:0:0:0:0:0:0",
    ].map { "permitted;IP:\($0)" }

  /// Issues a server certificate for names and addresses, and adds the authority's behind it.
  package func issueServer(
    names: [String], publicKey: PublicKey, now: Instant, lifetime: Duration,
    randomness: Randomness
  ) throws(CryptographyError) -> String {
    let authority = try Certificate(pem: certificatePEM)
    let builder = try CertificateBuilder(
      subject: names.first ?? "localhost", issuer: authority.subject, publicKey: publicKey,
      now: now, lifetime: lifetime, randomness: randomness, authority: authority)
    try builder.add(NID_basic_constraints, "critical,CA:FALSE")
    try builder.add(NID_key_usage, "critical,digitalSignature")
    try builder.add(NID_ext_key_usage, "serverAuth")
    try builder.add(NID_authority_key_identifier, "keyid")
    let alternatives = names.map { Certificate.isAddress($0) ? "IP:\($0)" : "DNS:\($0)" }
    guard !names.contains(where: { $0.bytes.contains(",") || $0.isEmpty }) else {
      throw CryptographyError("a name in the certificate is empty or holds a comma")
    }
    try builder.add(NID_subject_alt_name, alternatives.joined(separator: ","))
    return try builder.signed(by: key)
  }
}

/// A certificate read from PEM.
///
/// Safety: an X509 is not changed after it was read.
package final class Certificate: @unchecked Sendable {
  let handle: OpaquePointer

  /// Reads the first certificate of a PEM text.
  package init(pem: String) throws(CryptographyError) {
    let bio = MemoryBIO.holding(pem)
    defer { BIO_free(bio) }
    guard let handle = PEM_read_bio_X509(bio, nil, nil, nil) else {
      throw .fromQueue("not a certificate in PEM")
    }
    self.handle = handle
  }

  deinit { X509_free(handle) }

  /// The subject's common name.
  package var subject: String {
    var text = [CChar](repeating: 0, count: 256)
    let count = X509_NAME_get_text_by_NID(
      X509_get_subject_name(handle), NID_commonName, &text, Int32(text.count))
    return String(
      decoding: text.prefix(max(0, Int(count))).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Whether the certificate is still good at `instant`.
  package func isValid(at instant: Instant) -> Bool {
    var time = time_t(instant.seconds)
    return X509_cmp_time(X509_get0_notAfter(handle), &time) > 0
      && X509_cmp_time(X509_get0_notBefore(handle), &time) < 0
  }

  /// Whether the certificate holds a name or address among its alternative names.
  package func covers(_ name: String) -> Bool {
    Self.isAddress(name)
      ? X509_check_ip_asc(handle, name, 0) == 1
      : X509_check_host(handle, name, name.utf8.count, 0, nil) == 1
  }

  /// Whether a private key belongs to the certificate.
  package func belongs(to key: PrivateKey) -> Bool {
    defer { ERR_clear_error() }
    return X509_check_private_key(handle, key.handle) == 1
  }

  /// Whether a text is an IPv4 or IPv6 address.
  package static func isAddress(_ text: String) -> Bool {
    guard let octets = a2i_IPADDRESS(text) else {
      ERR_clear_error()
      return false
    }
    ASN1_STRING_free(octets)
    return true
  }
}
