import Cryptography
import JSON
package import Platform

/// A server's certificate authority and the certificate that it shows, both kept in its state.
package struct ServerCertificate: Sendable {
  /// How long a certificate is issued for: some clients refuse more than 398 days.
  private static let lifetime: Duration = .seconds(397 * 86_400)
  /// What must be left of it at a start.
  private static let reserve: Duration = .seconds(30 * 86_400)

  /// The authority's certificate, which clients are given.
  package let authorityPEM: String
  package let certificatePEM: String
  package let keyPEM: String

  /// Reads authority and certificate from the folder; makes what is missing, and the certificate
  /// anew when it lacks a name or nears its end.
  package static func settle(
    in folder: StateFolder, names: [String], authority name: String,
    now: Instant, randomness: Randomness
  ) throws(StartFailure) -> ServerCertificate {
    do {
      let authority = try authority(
        in: folder, named: name, now: now, randomness: randomness)
      let key = try key(at: folder.file("server.key"))
      let path = folder.file("server.crt")
      if SafeFile.exists(path), SafeFile.exists(folder.file("server.key")) {
        let text = try SafeFile.readText(path, limit: 1 << 20)
        if let certificate = try? Certificate(pem: text), certificate.belongs(to: key),
          certificate.isValid(at: now + reserve), names.allSatisfy(certificate.covers),
          text.bytes.hasSuffix(authority.certificatePEM.bytes)
        {
          return ServerCertificate(
            authorityPEM: authority.certificatePEM, certificatePEM: text, keyPEM: key.pem)
        }
      }
      let issued = try authority.issueServer(
        names: names, publicKey: key.publicKey, now: now, lifetime: lifetime,
        randomness: randomness)
      // The authority behind it also says which authority issued it, when it is read again.
      let chain = issued + authority.certificatePEM
      try SafeFile.write(Array(chain.utf8), to: path)
      return ServerCertificate(
        authorityPEM: authority.certificatePEM, certificatePEM: chain, keyPEM: key.pem)
    } catch let failure as StartFailure {
      throw failure
    } catch {
      throw StartFailure("the server's certificate in \(folder.path): \(error)")
    }
  }

  private static func authority(
    in folder: StateFolder, named name: String, now: Instant, randomness: Randomness
  ) throws -> CertificateAuthority {
    let certificatePath = folder.file("ca.crt")
    let keyPath = folder.file("ca.key")
    if SafeFile.exists(certificatePath) {
      let pem = try SafeFile.readText(certificatePath, limit: 1 << 20)
      let kept = try CertificateAuthority(
        certificatePEM: pem, keyPEM: try SafeFile.readText(keyPath, limit: 1 << 16))
      if try Certificate(pem: pem).isValid(at: now + reserve) { return kept }
    }
    let key = try PrivateKey.generate(.p256)
    let authority = try CertificateAuthority.make(
      name: name, key: key, now: now, randomness: randomness)
    try SafeFile.write(Array(key.pem.utf8), to: keyPath)
    try SafeFile.write(Array(authority.certificatePEM.utf8), to: certificatePath)
    return authority
  }

  private static func key(at path: String) throws -> PrivateKey {
    if SafeFile.exists(path) { return try PrivateKey(pem: SafeFile.readText(path, limit: 1 << 16)) }
    let key = try PrivateKey.generate(.p256)
    try SafeFile.write(Array(key.pem.utf8), to: path)
    return key
  }
}
