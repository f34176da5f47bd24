import CommandCore
import JSON
import PodIdentity

/// The arrows of the page's picture; the raw values are their names in the drawing.
enum ConsoleArrow: String, CaseIterable {
  case clientsKubernetes = "clients-kubernetes"
  case clientsAWS = "clients-aws"
  case kubernetesAWS = "kubernetes-aws"
  case awsKubernetes = "aws-kubernetes"
  case nodeKubernetes = "node-kubernetes"
  case kubernetesNode = "kubernetes-node"
  case nodeApp = "node-app"
  case appNode = "app-node"
  case nodeAWS = "node-aws"
  case appAWS = "app-aws"
  case awsStore = "aws-store"
  case awsS3 = "aws-s3"
}

/// Which arrows an event travels along, in order.
enum ConsoleWay {
  static let operations: [ByteText: [ConsoleArrow]] = [
    // kubernetes-api
    EventOperation.podIdentityMutation.bytes: [.clientsKubernetes],
    EventOperation.annotationAssociation.bytes: [.kubernetesAWS],
    EventOperation.keys.bytes: [.awsKubernetes],
    EventOperation.discovery.bytes: [.awsKubernetes],
    EventOperation.tokenRequest.bytes: [.nodeKubernetes],
    // node-agent
    EventOperation.volumesWritten.bytes: [.nodeApp],
    EventOperation.volumesRenewed.bytes: [.nodeApp],
    EventOperation.podRemoved.bytes: [.kubernetesNode],
    EventOperation.getCredentials.bytes: [.appNode],
    // aws-api
    EventOperation.assumeRoleForPodIdentity.bytes: [.nodeAWS, .awsStore],
    // Admission and the annotation's controller look them up; a person who does so is rarer.
    "ListPodIdentityAssociations": [.kubernetesAWS],
    "DescribePodIdentityAssociation": [.kubernetesAWS],
  ]

  /// The way of an event; it ends at the server that told of it.
  static func of(_ event: JSON) -> [ConsoleArrow] {
    let operation = (event["operation"]?.string ?? "").bytes
    let isSession = event["caller"]?.string?.bytes.contains(":assumed-role/") == true
    // S3's events alone name a bucket.
    let isOfS3 = event.eventServer == .awsAPI && event["bucket"]?.string != nil
    if isSession, operation != EventOperation.assumeRoleForPodIdentity.bytes {
      return isOfS3 ? [.appAWS, .awsS3] : [.appAWS]
    }
    // Whoever asks for a token that is bound to no pod is no kubelet.
    if operation == EventOperation.tokenRequest.bytes, event["subject"]?["pod"] == nil {
      return [.clientsKubernetes]
    }
    if let known = operations[operation] { return known }
    switch event.eventServer {
    case .kubernetesAPI: return [.clientsKubernetes]
    case .nodeAgent: return [.kubernetesNode]
    case .awsAPI:
      if isOfS3 { return [.clientsAWS, .awsS3] }
      return isOfStore(operation) ? [.clientsAWS, .awsStore] : [.clientsAWS]
    case nil: return []
    }
  }

  /// Whether the role store answers it: IAM's operations, and EKS's but for those of clusters.
  private static func isOfStore(_ operation: ByteText) -> Bool {
    switch AWSOperations.service(of: operation.string)?.bytes {
    case "iam": true
    case "eks": !operation.contains("Cluster")
    default: false
    }
  }
}
