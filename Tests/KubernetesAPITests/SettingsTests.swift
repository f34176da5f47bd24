import AWSWire
import Platform
import TestSupport
import Testing

@testable import KubernetesAPI

@Suite struct SettingsTests {
  @Test("the README's table of settings is the one in code")
  func readme() throws {
    let readme = try Repository.text("README.md")
    for line in KubernetesAPISettings.table.markdown.split(separator: "\n") {
      #expect(readme.contains(line), "\(line)")
    }
  }

  @Test("every wrong value is refused in one line that names it once")
  func wrongValues() {
    let free: Set = [
      "admin-token-file", "state", "ca-file", "aws-access-key-id", "aws-secret-access-key",
      "aws-credentials-file",
    ]
    #expect(SettingsWalk(KubernetesAPISettings.table, free: free).problems() == [])
  }

  @Test(
    "addresses that clients are told have TLS, and an issuer is a URL and no more",
    arguments: [
      ("--advertise", "http://x"), ("--issuer", "http://example"), ("--issuer", "https://"),
      ("--issuer", "https://example/?a"), ("--issuer", "https://example/#a"),
      ("--kubernetes-version", "1.26"), ("--kubernetes-version", "1.036"),
    ])
  func wrongAddresses(flag: String, value: String) {
    #expect(throws: UsageError.self) {
      try KubernetesAPISettings.table.parse([flag, value], environment: ProcessEnvironment([:]))
    }
  }

  @Test("AWS calls are signed with the key that the flags say")
  func signingKey() throws {
    let settings = try KubernetesAPISettings.table.parse(
      ["--aws-credentials-file", "/k"], environment: ProcessEnvironment([:]))
    #expect(try KubernetesAPISettings(settings).signingKey == .file(AccessKeyFile(path: "/k")))
  }
}
