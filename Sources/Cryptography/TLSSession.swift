import COpenSSL
import JSON

/// One TLS connection over memory: ciphertext goes in and comes out as bytes, no socket is seen.
///
/// Not Sendable: it belongs to the loop of its connection.
package final class TLSSession {
  /// What came of reading.
  package enum Reading: Sendable {
    case bytes(Int)
    /// More ciphertext is needed.
    case starved
    /// The other end closed the TLS connection.
    case closed
    case failed(String)
  }

  private let session: OpaquePointer
  private var incoming: OpaquePointer
  private let outgoing: OpaquePointer
  /// The most ciphertext that came at once since the buffer for it was last made.
  private var mostReceived = 0
  private let isServer: Bool

  /// The server's end of a new connection.
  package convenience init(server context: TLSServerContext) throws(CryptographyError) {
    try self.init(context.makeSession(), isServer: true)
  }

  /// The client's end of a new connection to `host`, a name or an address.
  package convenience init(
    client context: TLSClientContext, host: String
  ) throws(CryptographyError) {
    try self.init(context.makeSession(host: host), isServer: false)
  }

  private init(_ session: OpaquePointer?, isServer: Bool) throws(CryptographyError) {
    guard let session, let incoming = BIO_new(BIO_s_mem()), let outgoing = BIO_new(BIO_s_mem())
    else { throw .fromQueue("no TLS session") }
    self.session = session
    self.incoming = incoming
    self.outgoing = outgoing
    self.isServer = isServer
    SSL_set_bio(session, incoming, outgoing)
    if isServer { SSL_set_accept_state(session) } else { SSL_set_connect_state(session) }
  }

  deinit { SSL_free(session) }

  /// Whether the handshake is done.
  package var isEstablished: Bool { SSL_is_init_finished(session) == 1 }

  /// Takes ciphertext from the other end.
  package func receive(_ bytes: UnsafeRawBufferPointer) {
    mostReceived = max(mostReceived, bytes.count)
    BIO_write(incoming, bytes.baseAddress, Int32(bytes.count))
  }

  /// How many bytes of ciphertext wait to be decrypted.
  package var pending: Int { BIO_ctrl_pending(incoming) }

  /// Gives back the memory that much ciphertext took, once all of it is read: OpenSSL's buffer never
  /// shrinks.
  package func trim() {
    guard mostReceived > 4096, pending == 0, let fresh = BIO_new(BIO_s_mem()) else { return }
    mostReceived = 0
    // Releases the one before.
    SSL_set0_rbio(session, fresh)
    incoming = fresh
  }

  /// Goes on with the handshake; nil, or why it failed.
  package func handshake() -> String? {
    ERR_clear_error()
    let code = SSL_do_handshake(session)
    guard code != 1 else { return nil }
    switch SSL_get_error(session, code) {
    case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return nil
    default: return failure()
    }
  }

  /// Decrypts what was received into `buffer`.
  package func read(into buffer: UnsafeMutableRawBufferPointer) -> Reading {
    ERR_clear_error()
    let count = SSL_read(session, buffer.baseAddress, Int32(buffer.count))
    if count > 0 { return .bytes(Int(count)) }
    switch SSL_get_error(session, count) {
    case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return .starved
    case SSL_ERROR_ZERO_RETURN: return .closed
    default: return .failed(failure())
    }
  }

  /// Encrypts bytes, after the handshake; false where the session is broken.
  package func write(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard !bytes.isEmpty else { return true }
    ERR_clear_error()
    return SSL_write(session, bytes.baseAddress, Int32(bytes.count)) == Int32(bytes.count)
  }

  /// Says goodbye (close_notify).
  package func shutDown() {
    ERR_clear_error()
    if isEstablished { SSL_shutdown(session) }
    ERR_clear_error()
  }

  /// The ciphertext to send, appended to `output`.
  package func drain(into output: inout [UInt8]) {
    var start: UnsafeMutableRawPointer?
    let count = BIO_ctrl(outgoing, BIO_CTRL_INFO, 0, &start)
    guard count > 0 else { return }
    output.append(contentsOf: UnsafeRawBufferPointer(start: start, count: count))
    BIO_ctrl(outgoing, BIO_CTRL_RESET, 0, nil)
  }

  private func failure() -> String {
    let verification = SSL_get_verify_result(session)
    let code = ERR_get_error()
    ERR_clear_error()
    if !isServer, verification != X509_V_OK,
      let text = X509_verify_cert_error_string(verification)
    {
      return "certificate refused: \(String(cString: text))"
    }
    guard code != 0, let text = copenssl_reason(code) else { return "TLS failed" }
    return String(cString: text)
  }
}
