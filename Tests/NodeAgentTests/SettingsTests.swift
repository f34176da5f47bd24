import AWSWire
import HTTP
import Platform
import TestSupport
import Testing

@testable import NodeAgent

@Suite struct SettingsTests {
  @Test("the README's table of settings is the one in code")
  func readme() throws {
    let readme = try Repository.text("README.md")
    for line in NodeAgentSettings.table.markdown.split(separator: "\n") {
      #expect(readme.contains(line), "\(line)")
    }
  }

  @Test("every wrong value is refused in one line that names it once")
  func wrongValues() {
    let free: Set = [
      "admin-token-file", "state", "kubeconfig", "pods", "aws-access-key-id",
      "aws-secret-access-key", "aws-credentials-file",
    ]
    #expect(SettingsWalk(NodeAgentSettings.table, free: free).problems() == [])
  }

  @Test("a rate is a number, or off", arguments: [("10", 10), ("off", nil)] as [(String, Double?)])
  func rate(text: String, limit: Double?) throws {
    let settings = try NodeAgentSettings.table.parse(
      ["--rate-limit", text], environment: ProcessEnvironment([:]))
    #expect(try NodeAgentSettings(settings).rateLimit == limit)
  }

  @Test(
    "a rate of nothing, or of no number, is refused", arguments: ["0", "-1", "+1", "1.5", "Off"])
  func wrongRate(text: String) {
    #expect(throws: UsageError.self) {
      try NodeAgentSettings.table.parse(
        ["--rate-limit", text], environment: ProcessEnvironment([:]))
    }
  }

  @Test("AWS calls are signed with the key that the flags say")
  func signingKey() throws {
    let settings = try NodeAgentSettings.table.parse(
      ["--aws-credentials-file", "/k"], environment: ProcessEnvironment([:]))
    #expect(try NodeAgentSettings(settings).signingKey == .file(AccessKeyFile(path: "/k")))
  }

  @Test("each setting is what its flag says, and has a default")
  func each() throws {
    func settings(_ flags: [String]) throws -> NodeAgentSettings {
      try NodeAgentSettings(
        NodeAgentSettings.table.parse(flags, environment: ProcessEnvironment([:])))
    }
    let usual = try settings([])
    #expect(!usual.isStrict && !usual.isLinkLocal && usual.generation == .first)
    #expect(usual.rateLimit == 1000 && usual.region == "us-east-1")
    let given = try settings([
      "--aws-endpoint", "http://e:1", "--cluster-name", "c", "--region", "eu-west-1",
      "--node-name", "l", "--strict-host", "--link-local", "--rate-limit", "7",
      "--agent-generation", "0.2",
    ])
    #expect(given.awsEndpoint.origin == "http://e:1" && given.cluster == "c")
    #expect(given.region == "eu-west-1" && given.node == "l" && given.rateLimit == 7)
    #expect(given.isStrict && given.isLinkLocal && given.generation == .second)
  }
}
