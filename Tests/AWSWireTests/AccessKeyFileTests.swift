import Glibc
import Platform
import TestSupport
import Testing

@testable import AWSWire

@Suite struct AccessKeyFileTests {
  @Test("a signing key's file may come late, and change: each use reads it")
  func late() throws {
    let path = try Scratch.folder() + "/credentials.json"
    let key = SigningKey.file(AccessKeyFile(path: path))
    let missing = #expect(throws: FileError.self) { try key.current() }
    #expect(missing?.code == ENOENT)
    let first = try AccessKeyFile(path: path).readOrMake(.seeded(1))
    #expect(try key.current() == first)
    let second = try AccessKeyFile(path: path).renew(.seeded(2))
    #expect(second != first)
    #expect(try key.current() == second)
    #expect(try AccessKeyFile(path: path).readOrMake(.seeded(3)) == second)
  }
}
