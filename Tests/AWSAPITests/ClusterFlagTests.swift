import AWSDoor
import Platform
import PodIdentity
import Testing

@testable import AWSAPI

/// `--cluster`, `--account` and `--region`.
@Suite struct ClusterFlagTests {
  private static func settings(_ flags: [String]) throws -> Settings {
    try AWSAPISettings.table.parse(flags, environment: ProcessEnvironment([:]))
  }

  @Test(
    "what is no cluster is refused",
    arguments: [
      "a", "a=", "=https://a", "a=ftp://a", "a b=https://a", "-a=https://a",
      "a=https://a,jwks=file:///k", "a=https://a,a=https://b", "a=https://a,x",
      String(repeating: "a", count: 101) + "=https://a",
    ])
  func noCluster(value: String) {
    #expect(throws: UsageError.self) {
      try Cluster.all(in: Self.settings(["--cluster", value]))
    }
  }

  @Test(
    "an account has twelve digits, a region small letters, digits and hyphens",
    arguments: [
      (["--account", "000000000000", "--region", "eu-west-1"], true), ([], true),
      (["--account", "11112222333"], false), (["--account", "1111222233334"], false),
      (["--account", "11112222333a"], false), (["--region", "EU"], false),
      (["--region", "a/b"], false),
    ])
  func account(flags: [String], isTaken: Bool) throws {
    let account = try? AWSAPISettings.account(Self.settings(flags))
    #expect((account != nil) == isTaken)
    if flags.count == 4 {
      #expect(account?.id == "000000000000" && account?.region == "eu-west-1")
    }
  }
}
