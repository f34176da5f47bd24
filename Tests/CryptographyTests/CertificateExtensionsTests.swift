import Platform
import Testing

@testable import Cryptography

/// What certificates say of themselves, as strict clients ask (RFC 5280 section 4.2): in DER, since no
/// reader of ours is to be believed.
@Suite struct CertificateExtensionsTests {
  private struct Chain {
    let authority: CertificateAuthority
    let key: PrivateKey
    /// The server's certificate with the authority's behind it, PEM.
    let server: String

    init(_ names: [String]) throws {
      let now = SystemClock().now
      authority = try CertificateAuthority.make(
        name: "test", key: try PrivateKey.generate(.p256), now: now, randomness: .system)
      key = try PrivateKey.generate(.p256)
      server = try authority.issueServer(
        names: names, publicKey: key.publicKey, now: now, lifetime: .seconds(3600),
        randomness: .system)
    }
  }

  /// The DER of the first certificate of a PEM text.
  private static func der(_ pem: String) throws -> [UInt8] {
    let lines = pem.split(separator: "\n").dropFirst().prefix { !$0.hasPrefix("-") }
    return try #require(Base64.decode(lines.joined()))
  }

  private static func has(_ der: [UInt8], _ hex: String) throws -> Bool {
    der.firstRange(of: try #require(Hex.decode(hex))) != nil
  }

  @Test("the authority is one, signs no other authority, and is name-constrained, each critical")
  func authority() throws {
    let der = try Self.der(try Chain(["localhost"]).authority.certificatePEM)
    // basicConstraints, critical: CA TRUE, pathLen 0.
    #expect(try Self.has(der, "0603551d130101ff040830060101ff020100"))
    // keyUsage, critical: keyCertSign, cRLSign.
    #expect(try Self.has(der, "0603551d0f0101ff040403020106"))
    // subjectKeyIdentifier; nameConstraints, critical.
    #expect(try Self.has(der, "0603551d0e04160414") && Self.has(der, "0603551d1e0101ff"))
  }

  @Test("a server's certificate is no authority, serves servers alone, and has its names")
  func server() throws {
    let der = try Self.der(try Chain(["localhost", "10.0.0.1"]).server)
    // basicConstraints, critical: empty, so no authority.
    #expect(try Self.has(der, "0603551d130101ff04023000"))
    // keyUsage, critical: digitalSignature; extendedKeyUsage: serverAuth.
    #expect(try Self.has(der, "0603551d0f0101ff040403020780"))
    #expect(try Self.has(der, "0603551d25040c300a06082b06010505070301"))
    // authorityKeyIdentifier; DNS:localhost, IP:10.0.0.1.
    #expect(try Self.has(der, "0603551d23041830168014"))
    #expect(try Self.has(der, "82096c6f63616c686f737487040a000001"))
  }

  @Test("a name that would be two is refused", arguments: ["", "a,DNS:example.com"])
  func names(name: String) {
    #expect(throws: CryptographyError.self) { try Chain(["localhost", name]) }
  }

  @Test("an authority that is read again needs the key of its certificate")
  func again() throws {
    let chain = try Chain(["localhost"])
    let pem = chain.authority.certificatePEM
    #expect(throws: CryptographyError.self) {
      try CertificateAuthority(certificatePEM: pem, keyPEM: chain.key.pem)
    }
    #expect(throws: CryptographyError.self) {
      try CertificateAuthority(certificatePEM: "", keyPEM: chain.key.pem)
    }
  }
}
