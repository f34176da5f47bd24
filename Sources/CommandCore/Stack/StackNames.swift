package import Platform
import PodIdentity

/// What a stack is: as the servers' own variables say, else as their tables do.
package struct StackNames: Sendable {
  /// The name of the EKS cluster.
  package let cluster: String
  /// The AWS region, such as `us-east-1`.
  package let region: String
  /// The AWS account's twelve digits.
  package let account: String
  /// The name of the Node object that node-agent is.
  package let node: String

  /// The names in an environment; a variable that is empty says nothing.
  package init(_ environment: ProcessEnvironment) {
    cluster = environment.said("PODID_KUBERNETES_API_CLUSTER_NAME") ?? StackDefaults.cluster
    region = environment.said("PODID_AWS_API_REGION") ?? StackDefaults.region
    account = environment.said("PODID_AWS_API_ACCOUNT") ?? StackDefaults.account
    node = environment.said("PODID_NODE_AGENT_NODE_NAME") ?? StackDefaults.node
  }
}
