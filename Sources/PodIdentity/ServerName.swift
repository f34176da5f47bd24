/// The servers of a stack, as their logs, events and folders name them.
package enum ServerName: String, Sendable, CaseIterable {
  case kubernetesAPI = "kubernetes-api"
  case awsAPI = "aws-api"
  case nodeAgent = "node-agent"
}
