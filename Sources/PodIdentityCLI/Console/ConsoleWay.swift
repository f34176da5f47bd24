import JSON

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
}

/// Which arrows an event travels along, in order.
enum ConsoleWay {
  private static let operations: [String: [ConsoleArrow]] = [
    // kubernetes-api
    "PodIdentityMutation": [.clientsKubernetes],
    "AnnotationAssociation": [.kubernetesAWS],
    "JWKS": [.awsKubernetes], "OpenIDConfiguration": [.awsKubernetes],
    "TokenRequest": [.nodeKubernetes],
    // node-agent
    "VolumesWritten": [.nodeApp], "VolumesRenewed": [.nodeApp],
    "PodRemoved": [.kubernetesNode],
    "GetCredentials": [.appNode],
    // aws-api
    "AssumeRoleForPodIdentity": [.nodeAWS, .awsStore],
    // Admission and the annotation's controller look them up; a person who does so is rarer.
    "ListPodIdentityAssociations": [.kubernetesAWS],
    "DescribePodIdentityAssociation": [.kubernetesAWS],
  ]

  /// The way of an event; it ends at the server that told of it.
  static func of(_ event: JSON) -> [ConsoleArrow] {
    let operation = event["operation"]?.string ?? ""
    let isSession = event["caller"]?.string?.contains(":assumed-role/") == true
    if isSession, operation != "AssumeRoleForPodIdentity" { return [.appAWS] }
    // Whoever asks for a token that is bound to no pod is no kubelet.
    if operation == "TokenRequest", event["subject"]?["pod"] == nil { return [.clientsKubernetes] }
    if let known = operations[operation] { return known }
    switch event["service"]?.string {
    case "kubernetes-api": return [.clientsKubernetes]
    case "node-agent": return [.kubernetesNode]
    case "aws-api": return isOfStore(operation) ? [.clientsAWS, .awsStore] : [.clientsAWS]
    default: return []
    }
  }

  /// Whether the role store answers it: IAM's operations and those of associations.
  private static func isOfStore(_ operation: String) -> Bool {
    ["Role", "OpenIDConnectProvider", "PodIdentityAssociation"].contains {
      operation.contains($0)
    }
  }
}
