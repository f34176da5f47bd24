import AWSWire
import AdminAPI
import HTTP
import JSON
import Platform
import PodIdentity

/// The settings of node-agent, read once from its table.
struct NodeAgentSettings: Sendable {
  /// The program's flags, variables, defaults and meanings.
  package static let table = SettingsTable(
    program: "node-agent",
    summary: "a node: the Pod Identity Agent, and its pods' projected volumes",
    rows: ServerSettings.rows(
      listen: StackDefaults.agent, listenHelp: "where the credentials endpoint listens",
      admin: StackDefaults.agentAdmin)
      + [
        Setting(
          "kubeconfig", placeholder: "FILE",
          "kubeconfig in JSON of the node (default STATE/kubernetes-api/node/kubeconfig)"),
        Setting(
          "aws-endpoint", .form(.url), default: "http://\(StackDefaults.aws)",
          "where EKS Auth is"),
        .clusterName, .region("region to sign for"), .nodeName("the node's name"),
        Setting(
          "pods", placeholder: "DIR", "folder of the pods' files (default STATE/pods)"),
        Setting(
          "link-local", .toggle,
          "listen on 169.254.170.23 and fd00:ec2::23, port 80, as well"),
        Setting(
          "strict-host", .toggle, "answer for the two link-local addresses alone, as AWS's agent"),
        Setting(
          "rate-limit", .form(rate), default: "1000", "requests a second that are answered"),
        Setting(
          "agent-generation", .choice(AgentGeneration.allCases.map(\.rawValue)), default: "0.1",
          "AWS's agent to stand in for: 0.1 keeps credentials by token, 0.2 by pod"),
        Setting(
          "probe-listen", .address, default: StackDefaults.probe.text, "where the probes listen"),
        Setting(
          "metrics-listen", .address, default: StackDefaults.metrics.text,
          "where the metrics listen"),
      ] + SigningKey.rows(service: "EKS Auth"))
  private static let rate = SettingForm("N|off", "must be a number above 0, or off") { text in
    text.bytes == "off" || limit(text) != nil
  }

  let awsEndpoint: HTTPURL
  let cluster: String
  let region: String
  let node: String
  let isStrict: Bool
  let isLinkLocal: Bool
  let generation: AgentGeneration
  /// Requests a second; nil for off.
  let rateLimit: Double?
  let signingKey: SigningKey

  /// Reads the settings, which the table has checked.
  init(_ settings: Settings) throws(UsageError) {
    awsEndpoint = try settings.required("aws-endpoint") { HTTPURL($0) }
    cluster = try settings.required("cluster-name")
    region = try settings.required("region")
    node = try settings.required("node-name")
    isStrict = settings.isOn("strict-host")
    isLinkLocal = settings.isOn("link-local")
    generation = try settings.required("agent-generation", AgentGeneration.init(named:))
    rateLimit = Self.limit(try settings.required("rate-limit"))
    signingKey = try SigningKey(settings)
  }

  /// The number of a limit; nil for `off`.
  private static func limit(_ text: String) -> Double? {
    guard text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }), let value = Int(text), value > 0 else {
      return nil
    }
    return Double(value)
  }
}
