import Platform
import Testing

@testable import Cryptography

/// Whose certificate a client takes for the name or address that it calls, in memory.
@Suite struct TLSNameTests {
  private struct Server {
    let context: TLSServerContext
    let authority: String

    /// A server whose certificate is for these names.
    init(_ names: [String]) throws {
      let now = SystemClock().now
      let key = try PrivateKey.generate(.p256)
      let authority = try CertificateAuthority.make(
        name: "test", key: try PrivateKey.generate(.p256), now: now, randomness: .system)
      let certificate = try authority.issueServer(
        names: names, publicKey: key.publicKey, now: now, lifetime: .seconds(3600),
        randomness: .system)
      context = try TLSServerContext(certificatePEM: certificate, keyPEM: key.pem)
      self.authority = authority.certificatePEM
    }
  }

  /// Why a client that calls `host` goes on no further; nil where it does.
  private static func refusal(
    _ server: Server, host: String, isVerifying: Bool = true
  ) throws -> String? {
    let client = try TLSSession(
      client: TLSClientContext(authoritiesPEM: server.authority, isVerifying: isVerifying),
      host: host)
    let other = try TLSSession(server: server.context)
    for _ in 0..<10 {
      for (from, to) in [(client, other), (other, client)] {
        let reason = from.handshake()
        if let reason, from === client { return reason }
        var bytes: [UInt8] = []
        from.drain(into: &bytes)
        if !bytes.isEmpty { bytes.withUnsafeBytes { to.receive($0) } }
      }
      if client.isEstablished, other.isEstablished { return nil }
    }
    return "no end"
  }

  @Test(
    "a certificate is taken for the names and addresses that it has",
    arguments: ["localhost", "app.localhost", "127.0.0.1", "::1", "10.1.2.3"])
  func own(host: String) throws {
    let server = try Server(["localhost", "app.localhost", "127.0.0.1", "::1", "10.1.2.3"])
    #expect(try Self.refusal(server, host: host) == nil)
  }

  @Test(
    "and for no other, though its authority is trusted",
    arguments: ["other.localhost", "127.0.0.2", "::2", "10.1.2.4", "169.254.170.23"])
  func others(host: String) throws {
    let server = try Server(["localhost", "127.0.0.1", "::1", "10.1.2.3"])
    let reason = try Self.refusal(server, host: host)
    #expect(reason?.hasPrefix("certificate refused: ") == true, "\(reason ?? "taken")")
    #expect(try Self.refusal(server, host: host, isVerifying: false) == nil)
  }
}
