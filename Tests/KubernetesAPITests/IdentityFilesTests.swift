import AdminAPI
import Cryptography
import Glibc
import JSON
import Platform
import TestSupport
import Testing

@testable import KubernetesAPI

@Suite struct IdentityFilesTests {
  private let now = Instant(seconds: 1_795_500_000)

  /// A state folder of the test's own.
  private func folder() throws -> StateFolder {
    try StateFolder(root: Scratch.path())
  }

  private func mode(_ path: String) -> UInt32 {
    var status = stat()
    return lstat(path, &status) == 0 ? status.st_mode & 0o777 : 0
  }

  @Test("keeps the authority and the certificate, and reissues it for a new name or near its end")
  func certificate() throws {
    let folder = try folder()
    func settle(_ names: [String], _ now: Instant) throws -> ServerCertificate {
      try ServerCertificate.settle(
        in: folder, names: names, authority: "test", now: now, randomness: .system)
    }
    let first = try settle(ServerCertificate.standardNames, now)
    for file in ["ca.key", "server.key"] { #expect(mode(folder.file(file)) == 0o600) }
    let certificate = try Certificate(pem: first.certificatePEM)
    for name in ServerCertificate.standardNames { #expect(certificate.covers(name), "\(name)") }
    let again = try settle(["localhost"], now)
    #expect(again.certificatePEM == first.certificatePEM)
    let more = try settle(["localhost", "api.internal"], now)
    #expect(more.certificatePEM != first.certificatePEM)
    #expect(more.authorityPEM == first.authorityPEM)
    #expect(try Certificate(pem: more.certificatePEM).covers("api.internal"))
    let later = try settle(["localhost", "api.internal"], now + .seconds(380 * 86_400))
    #expect(later.certificatePEM != more.certificatePEM)
    #expect(later.authorityPEM == first.authorityPEM)
  }

  @Test("refuses an authority whose key is another's")
  func mismatch() throws {
    let folder = try folder()
    _ = try ServerCertificate.settle(
      in: folder, names: ["localhost"], authority: "test", now: now, randomness: .system)
    let key = try PrivateKey.generate(.p256)
    try SafeFile.write(Array(key.pem.utf8), to: folder.file("ca.key"))
    #expect(throws: StartFailure.self) {
      try ServerCertificate.settle(
        in: folder, names: ["localhost"], authority: "test", now: now, randomness: .system)
    }
  }

  @Test("chooses the issuer once")
  func issuer() throws {
    let path = try folder().file("issuer")
    func settle(_ wanted: String?) throws -> String {
      try Issuer.settle(path: path, wanted: wanted, fallback: "https://127.0.0.1:4576")
    }
    #expect(try settle(nil) == "https://127.0.0.1:4576")
    #expect(try settle(nil) == "https://127.0.0.1:4576")
    #expect(try settle("https://127.0.0.1:4576") == "https://127.0.0.1:4576")
    let failure = #expect(throws: StartFailure.self) { try settle("https://other") }
    #expect(failure?.description.contains("https://127.0.0.1:4576") == true)
  }

  @Test("keeps the token in the kubeconfig while the address changes")
  func kubeconfig() throws {
    let file = KubeConfigFile(path: try folder().file("kubeconfig"))
    #expect(file.token() == nil)
    let token = String(repeating: "a", count: 43)
    for server in ["https://127.0.0.1:1", "https://127.0.0.1:2"] {
      try file.write(
        server: server, authority: "PEM", cluster: "local", user: "admin", token: token)
      #expect(mode(file.path) == 0o600)
      #expect(file.token() == token)
      let json = try JSON.parse(SafeFile.readText(file.path))
      #expect(json["clusters"]?[0]?.at("cluster", "server")?.string == server)
      #expect(
        json["clusters"]?[0]?.at("cluster", "certificate-authority-data")?.string == "UEVN")
      #expect(json["current-context"] == json["contexts"]?[0]?["name"])
    }
    try SafeFile.write(Array("apiVersion: v1\n".utf8), to: file.path)
    #expect(file.token() == nil)
  }

  @Test("makes the signing key aside and finds it again")
  func keyring() async throws {
    let path = try folder().file("sa.key")
    let keyring = try TokenKeyring(path: path, format: .eks)
    async let waiting = keyring.key()
    keyring.generateIfMissing()
    let id = try await waiting.id
    #expect(keyring.current?.id == id)
    #expect(mode(path) == 0o600)
    #expect(try TokenKeyring(path: path, format: .eks).current?.id == id)
    try SafeFile.write(Array("no key".utf8), to: path)
    #expect(throws: StartFailure.self) { try TokenKeyring(path: path, format: .eks) }
  }
}
