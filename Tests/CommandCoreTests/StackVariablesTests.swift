import JSON
import Platform
import PodIdentity
import TestSupport
import Testing

@testable import CommandCore

/// A stack that variables describe, as docker compose's.
@Suite struct StackVariablesTests {
  private let folder: String

  init() throws {
    folder = try Scratch.folder()
    let config = #"{"clusters":[{"cluster":{"server":"https://k:6443"}}]}"#
    try SafeFile.write(Array(config.utf8), to: "\(folder)/kubeconfig")
    try SafeFile.write(Array(" to\nken\t\n".utf8), to: "\(folder)/token")
  }

  private func info(_ more: [ByteText: String] = [:]) throws -> StackInfo {
    let variables: [ByteText: String] = [
      "PODID_STACK_KUBECONFIG": "\(folder)/kubeconfig",
      "PODID_STACK_ADMIN_TOKEN_FILE": "\(folder)/token",
    ]
    let environment = ProcessEnvironment(variables.merging(more) { $1 })
    return try #require(StackVariables(environment)).info()
  }

  @Test("without a kubeconfig there is no such stack", arguments: [nil, ""])
  func none(path: String?) {
    var environment = ProcessEnvironment(["PODID_STACK_AWS_URL": "http://a"])
    environment["PODID_STACK_KUBECONFIG"] = path
    #expect(StackVariables(environment) == nil)
  }

  @Test("what no variable says is as in a stack of this machine")
  func defaults() throws {
    let found = try info()
    #expect(!found.isOwn && found.path == "PODID_STACK_KUBECONFIG")
    #expect(found.adminToken == "token" && found.kubeconfig == "\(folder)/kubeconfig")
    #expect(found.kubernetesURL == "https://k:6443")
    #expect(found.awsURL == "http://\(StackDefaults.aws)")
    #expect(found.s3URL == "http://\(StackDefaults.s3)")
    #expect(found.agentURL == "http://169.254.170.23/v1/credentials" && found.pods.isEmpty)
    #expect(
      found.servers.map(\.admin)
        == [StackDefaults.kubernetesAdmin, StackDefaults.awsAdmin, StackDefaults.agentAdmin].map {
          "http://\($0)"
        })
    #expect(found.servers.map(\.pid) == [0, 0, 0])
    #expect(found.accessKeyID == "test" && found.secretAccessKey == "test")
    #expect(found.cluster == StackDefaults.cluster && found.region == StackDefaults.region)
    #expect(found.account == StackDefaults.account && found.node == StackDefaults.node)
  }

  @Test("each variable says its own")
  func given() throws {
    let found = try info([
      "PODID_STACK_KUBERNETES_ADMIN": "http://a:1", "PODID_STACK_AWS_URL": "http://a:2",
      "PODID_STACK_AWS_ADMIN": "http://a:3", "PODID_STACK_S3_URL": "http://a:4",
      "PODID_STACK_AGENT_URL": "http://a:5/v1/credentials", "PODID_STACK_AGENT_ADMIN": "http://a:6",
      "PODID_AWS_API_REGION": "eu-west-1", "PODID_KUBERNETES_API_CLUSTER_NAME": "c",
      "PODID_AWS_API_ACCOUNT": "444455556666", "PODID_NODE_AGENT_NODE_NAME": "n",
    ])
    #expect(found.servers.map(\.admin) == ["http://a:1", "http://a:3", "http://a:6"])
    #expect(found.awsURL == "http://a:2" && found.s3URL == "http://a:4")
    #expect(found.agentURL == "http://a:5/v1/credentials")
    #expect(found.region == "eu-west-1" && found.cluster == "c")
    #expect(found.account == "444455556666" && found.node == "n")
  }

  @Test(
    "a variable that is no URL is wrong usage, and one that is empty says nothing",
    arguments: [
      "KUBERNETES_ADMIN", "AWS_URL", "AWS_ADMIN", "S3_URL", "AGENT_URL", "AGENT_ADMIN",
    ])
  func urls(name: String) throws {
    let error = #expect(throws: UsageError.self) { try info(["PODID_STACK_\(name)": "a:1"]) }
    #expect(
      error?.description == "podid: PODID_STACK_\(name) must be an http or https URL, not \"a:1\"")
    _ = try info(["PODID_STACK_\(name)": ""])
  }

  @Test("a token that cannot be read is told with what it is for")
  func token() throws {
    let error = #expect(throws: CommandFailure.self) {
      try info(["PODID_STACK_ADMIN_TOKEN_FILE": "\(folder)/none"])
    }
    #expect(
      error?.description.hasPrefix("the stack of PODID_STACK_KUBECONFIG: \(folder)/none") == true)
  }
}
