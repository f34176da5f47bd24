import JSON
import Platform
import PodIdentity
import Testing

@testable import CommandCore

@Suite struct StackNamesTests {
  @Test("a stack is called as the servers' variables say, each by its own")
  func variables() {
    let names = StackNames(
      ProcessEnvironment([
        "PODID_KUBERNETES_API_CLUSTER_NAME": "dev", "PODID_AWS_API_REGION": "eu-west-1",
        "PODID_AWS_API_ACCOUNT": "444455556666", "PODID_NODE_AGENT_NODE_NAME": "n1",
      ]))
    #expect(
      [names.cluster, names.region, names.account, names.node]
        == ["dev", "eu-west-1", "444455556666", "n1"])
  }

  @Test("a variable that is empty says nothing, as for the servers")
  func empty() {
    let names = StackNames(
      ProcessEnvironment(["PODID_AWS_API_ACCOUNT": "", "PODID_NODE_AGENT_NODE_NAME": ""]))
    #expect(names.account == StackDefaults.account && names.node == StackDefaults.node)
    #expect(names.cluster == StackDefaults.cluster && names.region == StackDefaults.region)
  }
}
