import AWSWire
import Platform
import Testing

@Suite struct SigningKeySettingsTests {
  @Test("AWS calls are signed with test/test, another pair, or the key of a file")
  func key() throws {
    let table = SettingsTable(
      program: "server", summary: "a server", rows: SigningKey.rows(service: "EKS"))
    func key(_ flags: String...) throws -> SigningKey {
      try SigningKey(table.parse(flags, environment: ProcessEnvironment([:])))
    }
    #expect(
      try key() == .fixed(AWSCredentials(accessKeyID: "test", secretAccessKey: "test")))
    #expect(
      try key("--aws-access-key-id", "AKIA1", "--aws-secret-access-key", "s")
        == .fixed(AWSCredentials(accessKeyID: "AKIA1", secretAccessKey: "s")))
    #expect(
      try key("--aws-credentials-file", "/k", "--aws-access-key-id", "AKIA1")
        == .file(AccessKeyFile(path: "/k")))
  }
}
