import AWSWire
import HTTP
import Platform
import PodAdmission
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

  @Test("each setting is what its flag says, and has a default")
  func each() throws {
    func settings(_ flags: [String]) throws -> KubernetesAPISettings {
      try KubernetesAPISettings(
        KubernetesAPISettings.table.parse(flags, environment: ProcessEnvironment([:])))
    }
    let usual = try settings([])
    #expect(usual.issuer == nil && usual.advertise == nil && usual.authorityFile == nil)
    #expect(usual.names.isEmpty && usual.honoursAnnotation && usual.version == "1.36")
    #expect(usual.family == .ipv4 && usual.keyIDFormat == .eks)
    #expect(usual.minimumTokenSeconds == 600 && usual.authorization == .restricted)
    let given = try settings([
      "--issuer", "https://i", "--tls-san", "a", "--tls-san", "b", "--advertise", "https://x/",
      "--ca-file", "/f", "--aws-endpoint", "http://e:1", "--cluster-name", "c", "--node-name", "l",
      "--region", "eu-west-1", "--account", "123456789012", "--annotation-associations", "off",
      "--kubernetes-version", "1.30", "--ip-family", "ipv6", "--kid-format", "kubernetes",
      "--min-token-seconds", "5", "--authorization", "always-allow",
    ])
    #expect(given.issuer == "https://i" && given.names == ["a", "b"])
    #expect(given.advertise == "https://x" && given.authorityFile == "/f")
    #expect(given.awsEndpoint.origin == "http://e:1" && given.cluster == "c" && given.node == "l")
    #expect(given.region == "eu-west-1" && given.account == "123456789012")
    #expect(!given.honoursAnnotation && given.version == "1.30" && given.family == .ipv6)
    #expect(given.keyIDFormat == .kubernetes && given.minimumTokenSeconds == 5)
    #expect(given.authorization == .alwaysAllow)
  }
}
