import AWSDoor
import JSON
import Platform
import TestSupport
import Testing

@testable import AWSAPI

@Suite struct SettingsTests {
  @Test("the README's table of settings is the one in code")
  func readme() throws {
    let readme = try Repository.text("README.md")
    for line in AWSAPISettings.table.markdown.split(separator: "\n") {
      #expect(readme.contains(line), "\(line)")
    }
  }

  @Test("every wrong value is refused in one line that names it once")
  func wrongValues() {
    let free: Set = ["admin-token-file", "state", "buckets", "keys"]
    #expect(SettingsWalk(AWSAPISettings.table, free: free).problems() == [])
  }

  @Test(
    "says what is wrong with a cluster",
    arguments: [
      ("x", "must be NAME=ISSUER[,jwks=URL][,ca=FILE], not \"x\""),
      ("a/b=https://i", "must be a cluster's name: "), ("a=foo", "cannot be the issuer of a: it "),
      ("a=https://i,jwks=foo", "cannot be jwks: it must be an http or https URL, not \"foo\""),
      ("a=https://i,a=https://j", "names a twice"),
    ])
  func wrongClusters(value: String, line: String) {
    let error = #expect(throws: UsageError.self) {
      try AWSAPISettings.table.parse(["--cluster", value], environment: ProcessEnvironment([:]))
    }
    #expect(error?.description.contains("aws-api: --cluster ") == true)
    #expect(error?.description.contains(line) == true, "\(error?.description ?? "")")
  }

  @Test("reads clusters from flags and from a variable, where commas part everything")
  func clusters() throws {
    let text = "a=https://i,jwks=https://j/k,ca=/ca,b=http://l"
    let flags = ["--cluster", "a=https://i,jwks=https://j/k,ca=/ca", "--cluster", "b=http://l"]
    for (flags, variables) in [
      (flags, [:]), ([], ["PODID_AWS_API_CLUSTER": text]),
    ] as [([String], [ByteText: String])] {
      let settings = try AWSAPISettings.table.parse(
        flags, environment: ProcessEnvironment(variables))
      let clusters = try Cluster.all(in: settings)
      #expect(clusters.map(\.name) == ["a", "b"])
      #expect(clusters.map(\.issuer) == ["https://i", "http://l"])
      #expect(clusters.map(\.jwksURL) == ["https://j/k", nil])
      #expect(clusters.map(\.authorityFile) == ["/ca", nil])
    }
  }

  @Test(
    "the root's keys are random where a listener is not loopback, unless it is said",
    arguments: [
      ([], false), (["--listen", "127.0.0.9:0", "--s3-listen", "[::1]:0"], false),
      (["--listen", "localhost:0"], false), (["--listen", "0.0.0.0:0"], true),
      (["--listen", "127.0.0.1:0", "--listen", "[::]:0"], true),
      (["--s3-listen", "192.0.2.1:0"], true),
      (["--admin-listen", "aws-api.internal:0"], true),
      (["--listen", "127.0.0.1.example:0"], true),
      (["--listen", "0.0.0.0:0", "--root-credentials", "test"], false),
      (["--root-credentials", "random"], true),
    ] as [([String], Bool)])
  func rootCredentials(flags: [String], isRandom: Bool) throws {
    let settings = try AWSAPISettings.table.parse(flags, environment: ProcessEnvironment([:]))
    #expect(AWSAPISettings.hasRandomRoot(settings) == isRandom)
  }

  @Test(
    "--root-credentials takes two words, its variable too", arguments: ["", "Random", "root:x"])
  func badRootCredentials(value: String) {
    #expect(throws: UsageError.self) {
      try AWSAPISettings.table.parse(
        ["--root-credentials", value], environment: ProcessEnvironment([:]))
    }
    guard !value.isEmpty else { return }
    let variables = ProcessEnvironment(["PODID_AWS_API_ROOT_CREDENTIALS": value])
    #expect(throws: UsageError.self) {
      try AWSAPISettings.table.parse([], environment: variables)
    }
  }
}
