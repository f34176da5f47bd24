import AdminAPI
import Cryptography
import Platform
import TestSupport
import Testing

@testable import KubernetesAPI

/// Where the signing key comes from, and when.
@Suite(.timeLimit(.minutes(10))) struct TokenKeyringTests {
  private let path = Scratch.path(".key")

  @Test("a key is made once, kept in its file, and waited for")
  func made() async throws {
    let keyring = try TokenKeyring(path: path, format: .eks)
    #expect(keyring.current == nil)
    let waiting = Task { try await keyring.key().id }
    keyring.generateIfMissing()
    let id = try await waiting.value
    #expect(try await keyring.key().id == id && keyring.current?.id == id)
    let again = try TokenKeyring(path: path, format: .eks)
    #expect(again.current?.id == id)
    again.generateIfMissing()
    #expect(again.current?.id == id)
    // A new one takes its place, in the file too.
    try await again.renew()
    let renewed = again.current?.id
    #expect(renewed != nil && renewed != id)
    #expect(try TokenKeyring(path: path, format: .eks).current?.id == renewed)
  }

  @Test("a file that holds no key is not passed over")
  func broken() throws {
    try SafeFile.write(Array("no key".utf8), to: path)
    let failure = #expect(throws: StartFailure.self) { try TokenKeyring(path: path, format: .eks) }
    #expect(failure?.description.hasPrefix("\(path) is not a readable private key") == true)
  }

  @Test("a key that cannot be kept is none, for whoever waits and whoever comes later")
  func unwritable() async throws {
    let keyring = try TokenKeyring(path: "\(path)/nosuch/key", format: .eks)
    keyring.generateIfMissing()
    for _ in 1...2 {
      await #expect(throws: StartFailure.self) { try await keyring.key() }
    }
    #expect(keyring.current == nil)
  }
}
