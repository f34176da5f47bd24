import COpenSSL
import Synchronization

/// The certificate and key that a TLS listener shows; TLS 1.2 and 1.3, HTTP/1.1 alone by ALPN.
package final class TLSServerContext: Sendable {
  private let current: Mutex<ContextBox>

  /// A context of a certificate and its key, both in PEM.
  package init(certificatePEM: String, keyPEM: String) throws(CryptographyError) {
    current = Mutex(try Self.make(certificatePEM, keyPEM))
  }

  /// Takes another certificate and key for connections from now on.
  package func reload(certificatePEM: String, keyPEM: String) throws(CryptographyError) {
    let fresh = try Self.make(certificatePEM, keyPEM)
    current.withLock { $0 = fresh }
  }

  private static func make(
    _ certificatePEM: String, _ keyPEM: String
  ) throws(CryptographyError) -> ContextBox {
    let box = try ContextBox(method: TLS_server_method())
    let certificate = try Certificate(pem: certificatePEM)
    let key = try PrivateKey(pem: keyPEM)
    guard SSL_CTX_use_certificate(box.handle, certificate.handle) == 1,
      SSL_CTX_use_PrivateKey(box.handle, key.handle) == 1
    else { throw .fromQueue("the TLS key does not belong to the certificate") }
    SSL_CTX_ctrl(box.handle, SSL_CTRL_SET_SESS_CACHE_MODE, Int(SSL_SESS_CACHE_OFF), nil)
    SSL_CTX_set_num_tickets(box.handle, 0)
    SSL_CTX_set_alpn_select_cb(box.handle, selectHTTP11, nil)
    return box
  }

  func makeSession() -> OpaquePointer? { current.withLock { SSL_new($0.handle) } }
}

/// Whom a TLS client trusts, and the certificate it shows if asked.
package final class TLSClientContext: Sendable {
  private let box: ContextBox

  /// A context that trusts these authorities, or the system's where there are none.
  ///
  /// `isVerifying: false` accepts every certificate (`insecure-skip-tls-verify`).
  package init(
    authoritiesPEM: String?, certificatePEM: String? = nil, keyPEM: String? = nil,
    isVerifying: Bool = true
  ) throws(CryptographyError) {
    box = try ContextBox(method: TLS_client_method())
    SSL_CTX_set_verify(box.handle, isVerifying ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nil)
    if let authoritiesPEM {
      try trust(authoritiesPEM)
    } else {
      SSL_CTX_set_default_verify_paths(box.handle)
    }
    if let certificatePEM, let keyPEM {
      let certificate = try Certificate(pem: certificatePEM)
      let key = try PrivateKey(pem: keyPEM)
      guard SSL_CTX_use_certificate(box.handle, certificate.handle) == 1,
        SSL_CTX_use_PrivateKey(box.handle, key.handle) == 1
      else { throw .fromQueue("the client key does not belong to the client certificate") }
    }
    SSL_CTX_set_alpn_protos(box.handle, http11, UInt32(http11.count))
  }

  private func trust(_ pem: String) throws(CryptographyError) {
    let bio = MemoryBIO.holding(pem)
    defer {
      BIO_free(bio)
      ERR_clear_error()
    }
    let store = SSL_CTX_get_cert_store(box.handle)
    var count = 0
    while let certificate = PEM_read_bio_X509(bio, nil, nil, nil) {
      X509_STORE_add_cert(store, certificate)
      X509_free(certificate)
      count += 1
    }
    guard count > 0 else { throw CryptographyError("no authority's certificate in the PEM text") }
  }

  func makeSession(host: String) -> OpaquePointer? {
    guard let session = SSL_new(box.handle) else { return nil }
    if Certificate.isAddress(host) {
      X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), host)
    } else {
      SSL_set1_host(session, host)
      host.withCString { name in
        _ = SSL_ctrl(
          session, SSL_CTRL_SET_TLSEXT_HOSTNAME, Int(TLSEXT_NAMETYPE_host_name),
          UnsafeMutableRawPointer(mutating: name))
      }
    }
    return session
  }
}

/// `http/1.1` with its length in front, as ALPN has it (RFC 7301 section 3.1).
private let http11: [UInt8] = [8] + Array("http/1.1".utf8)

private func selectHTTP11(
  _ session: OpaquePointer?, _ out: UnsafeMutablePointer<UnsafePointer<UInt8>?>?,
  _ outLength: UnsafeMutablePointer<UInt8>?, _ offered: UnsafePointer<UInt8>?, _ length: UInt32,
  _ argument: UnsafeMutableRawPointer?
) -> Int32 {
  guard let offered else { return SSL_TLSEXT_ERR_NOACK }
  let list = UnsafeBufferPointer(start: offered, count: Int(length))
  guard let place = http11Place(in: list) else { return SSL_TLSEXT_ERR_NOACK }
  out?.pointee = offered + place.lowerBound
  outLength?.pointee = UInt8(place.count)
  return SSL_TLSEXT_ERR_OK
}

/// Where `http/1.1` stands in a client's list of protocols, each with its length in front; nil where
/// the client does not offer it.
func http11Place(in list: UnsafeBufferPointer<UInt8>) -> Range<Int>? {
  var position = 0
  while position < list.count {
    let end = position + 1 + Int(list[position])
    guard end <= list.count else { return nil }
    if list[position..<end].elementsEqual(http11) { return position + 1..<end }
    position = end
  }
  return nil
}

/// An SSL_CTX with the options that both sides share.
///
/// Safety: it is not changed once a session was made of it, and OpenSSL counts its owners atomically.
private final class ContextBox: @unchecked Sendable {
  let handle: OpaquePointer

  private static let start: Void = copenssl_start_without_texts()

  init(method: OpaquePointer?) throws(CryptographyError) {
    Self.start
    guard let handle = SSL_CTX_new(method) else { throw .fromQueue("no TLS") }
    self.handle = handle
    SSL_CTX_ctrl(handle, SSL_CTRL_SET_MIN_PROTO_VERSION, Int(TLS1_2_VERSION), nil)
    SSL_CTX_ctrl(handle, SSL_CTRL_MODE, Int(SSL_MODE_RELEASE_BUFFERS), nil)
    // Written out: the headers' macros for these 64-bit options are not imported.
    let noRenegotiation: UInt64 = 1 << 30
    let noCompression: UInt64 = 1 << 17
    let noTicket: UInt64 = 1 << 14
    SSL_CTX_set_options(handle, noRenegotiation | noCompression | noTicket)
  }

  deinit { SSL_CTX_free(handle) }
}
