package import JSON
package import Platform
import PodIdentity

/// How a stack is to be started.
package struct StackOptions: Sendable {
  /// A listener of the stack: its name in the table, its flag on `podid up`, its default.
  package struct Listener: Sendable {
    /// The name in ``StackOptions/addresses``, such as `aws-admin`.
    package let name: String
    /// Nil for admin ports, which have no flag of podid.
    package let flag: String?
    /// The server's own variable, which moves admin ports.
    package let variable: String
    /// Where it listens if nothing else is said.
    package let standard: HostPort
  }

  /// All listeners of a stack, those with flags first.
  package static let listeners: [Listener] = [
    Listener(
      name: "kubernetes", flag: "kubernetes-listen", variable: "PODID_KUBERNETES_API_LISTEN",
      standard: StackDefaults.kubernetes),
    Listener(
      name: "aws", flag: "aws-listen", variable: "PODID_AWS_API_LISTEN",
      standard: StackDefaults.aws),
    Listener(
      name: "s3", flag: "s3-listen", variable: "PODID_AWS_API_S3_LISTEN",
      standard: StackDefaults.s3),
    Listener(
      name: "agent", flag: "agent-listen", variable: "PODID_NODE_AGENT_LISTEN",
      standard: StackDefaults.agent),
    Listener(
      name: "probe", flag: "probe-listen", variable: "PODID_NODE_AGENT_PROBE_LISTEN",
      standard: StackDefaults.probe),
    Listener(
      name: "metrics", flag: "metrics-listen", variable: "PODID_NODE_AGENT_METRICS_LISTEN",
      standard: StackDefaults.metrics),
    Listener(
      name: "kubernetes-admin", flag: nil, variable: "PODID_KUBERNETES_API_ADMIN_LISTEN",
      standard: StackDefaults.kubernetesAdmin),
    Listener(
      name: "aws-admin", flag: nil, variable: "PODID_AWS_API_ADMIN_LISTEN",
      standard: StackDefaults.awsAdmin),
    Listener(
      name: "agent-admin", flag: nil, variable: "PODID_NODE_AGENT_ADMIN_LISTEN",
      standard: StackDefaults.agentAdmin),
  ]

  /// The state folder; a temporary one with `isEphemeral`.
  package var state: String
  /// Whether the user named that folder.
  package var isStateNamed: Bool
  var isEphemeral: Bool
  /// The seeds that it begins with.
  package var seeds: SeedChoice
  var isLinkLocal = false
  /// Where each listener listens.
  package var addresses: [ByteText: HostPort]
  /// How long credentials last, as aws-api takes it; nil for its own default.
  var credentialLifetime: String?
  /// Whether warnings of the servers stay in their logs.
  var isQuiet = false

  /// The folder of an ephemeral stack: its state and its stack file lie in it.
  package var folder: String { String(state.dropLast("/state".count)) }

  /// What a command needs that stands around its own stack: on free ports, and quiet.
  package static func own(_ context: CommandContext) throws -> StackOptions {
    var options = try StackOptions(context, isEphemeral: true)
    for name in options.addresses.keys { options.addresses[name]?.port = 0 }
    options.isQuiet = true
    return options
  }

  /// Reads what `up`, `test` and `demo` have in common; `isEphemeral` also frees all ports.
  package init(_ context: CommandContext, isEphemeral: Bool) throws {
    let arguments = context.arguments
    self.isEphemeral = isEphemeral
    seeds = try SeedChoice(arguments.all("seed"), context.environment)
    var found: [ByteText: HostPort] = [:]
    let freesPorts = arguments.has("free-ports")
    for listener in Self.listeners {
      var address = listener.standard
      if let flag = listener.flag, let wanted = try arguments.address(flag) {
        address = wanted
      } else if let text = context.environment[listener.variable], let wanted = HostPort(text) {
        address = wanted
      } else if freesPorts {
        address.port = 0
      }
      found[listener.name.bytes] = address
    }
    addresses = found
    isLinkLocal = arguments.has("link-local")
    if let text = arguments["credential-lifetime"] {
      guard let lifetime = Duration(text: text), lifetime > .zero else {
        throw UsageError(
          "podid: --credential-lifetime: \"\(text)\" is no duration such as 60s, 10m or 6h")
      }
      credentialLifetime = text
    }
    isStateNamed = arguments["state"] != nil
    state =
      isEphemeral
      ? try TemporaryFolder.path(context.environment, context.randomness) + "/state"
      : try Self.absolute(arguments["state"] ?? ".podid/state")
  }

  /// A path that stands by itself.
  package static func absolute(_ path: String) throws(CommandFailure) -> String {
    if path.utf8.first == UInt8(ascii: "/") { return path }
    return "\(try StackFinder.currentFolder())/\(path)"
  }
}
