import AWSWire
import AdminAPI
import HTTP
import Platform

/// The settings of node-agent, read once from its table.
struct NodeAgentSettings: Sendable {
  /// The program's flags, variables, defaults and meanings.
  package static let table = SettingsTable(
    program: "node-agent",
    summary: "a node: the Pod Identity Agent, and its pods' projected volumes",
    rows: ServerSettings.rows(
      listen: "127.0.0.1:4580", listenHelp: "where the credentials endpoint listens",
      admin: "127.0.0.1:4583")
      + [
        Setting(
          "kubeconfig", placeholder: "FILE",
          "kubeconfig in JSON of the node (default STATE/kubernetes-api/node/kubeconfig)"),
        Setting(
          "aws-endpoint", placeholder: "URL", default: "http://127.0.0.1:4577",
          "where EKS Auth is"),
        Setting("cluster-name", placeholder: "NAME", default: "local", "the cluster's name"),
        Setting("region", placeholder: "REGION", default: "us-east-1", "region to sign for"),
        Setting("node-name", placeholder: "NAME", default: "local-node", "the node's name"),
        Setting(
          "pods", placeholder: "DIR", "folder of the pods' files (default STATE/pods)"),
        Setting(
          "link-local", .toggle,
          "listen on 169.254.170.23 and fd00:ec2::23, port 80, as well"),
        Setting(
          "strict-host", .toggle, "answer for the two link-local addresses alone, as AWS's agent"),
        Setting(
          "rate-limit", placeholder: "N|off", default: "1000",
          "requests a second that are answered"),
        Setting(
          "probe-listen", .address, default: "127.0.0.1:2703", "where the probes listen"),
        Setting(
          "metrics-listen", .address, default: "127.0.0.1:2705", "where the metrics listen"),
        Setting(
          "aws-access-key-id", placeholder: "ID", default: "test", "key id for calls of EKS Auth"),
        Setting(
          "aws-secret-access-key", placeholder: "KEY", default: "test", "secret key for them"),
      ])

  let awsEndpoint: HTTPURL
  let cluster: String
  let region: String
  let node: String
  let isStrict: Bool
  let isLinkLocal: Bool
  /// Requests a second; nil for off.
  let rateLimit: Double?
  let credentials: AWSCredentials

  /// Reads the settings, and checks what the table cannot.
  init(_ settings: Settings) throws(UsageError) {
    let endpoint = settings.string("aws-endpoint") ?? ""
    guard let url = HTTPURL(endpoint) else {
      throw UsageError("node-agent: --aws-endpoint must be an http URL, not \"\(endpoint)\"")
    }
    awsEndpoint = url
    cluster = settings.string("cluster-name") ?? "local"
    region = settings.string("region") ?? "us-east-1"
    node = settings.string("node-name") ?? "local-node"
    isStrict = settings.isOn("strict-host")
    isLinkLocal = settings.isOn("link-local")
    let limit = settings.string("rate-limit") ?? "1000"
    if limit == "off" {
      rateLimit = nil
    } else {
      guard let value = Int(limit), value > 0 else {
        throw UsageError("node-agent: --rate-limit must be a number or off, not \"\(limit)\"")
      }
      rateLimit = Double(value)
    }
    credentials = AWSCredentials(
      accessKeyID: settings.string("aws-access-key-id") ?? "test",
      secretAccessKey: settings.string("aws-secret-access-key") ?? "test")
  }
}
