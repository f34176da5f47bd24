import Platform

/// How a stack is to be started.
struct StackOptions: Sendable {
  /// A listener of the stack: its name in the table, its flag on `podid up`, its default.
  struct Listener: Sendable {
    let name: String
    /// Nil for admin ports, which have no flag of podid.
    let flag: String?
    /// The server's own variable, which moves admin ports.
    let variable: String
    let standard: HostPort
  }

  static let listeners: [Listener] = [
    Listener(
      name: "kubernetes", flag: "kubernetes-listen", variable: "PODID_KUBERNETES_API_LISTEN",
      standard: HostPort(host: "127.0.0.1", port: 4576)),
    Listener(
      name: "aws", flag: "aws-listen", variable: "PODID_AWS_API_LISTEN",
      standard: HostPort(host: "127.0.0.1", port: 4577)),
    Listener(
      name: "s3", flag: "s3-listen", variable: "PODID_AWS_API_S3_LISTEN",
      standard: HostPort(host: "127.0.0.1", port: 4578)),
    Listener(
      name: "agent", flag: "agent-listen", variable: "PODID_NODE_AGENT_LISTEN",
      standard: HostPort(host: "127.0.0.1", port: 4580)),
    Listener(
      name: "probe", flag: "probe-listen", variable: "PODID_NODE_AGENT_PROBE_LISTEN",
      standard: HostPort(host: "127.0.0.1", port: 2703)),
    Listener(
      name: "metrics", flag: "metrics-listen", variable: "PODID_NODE_AGENT_METRICS_LISTEN",
      standard: HostPort(host: "127.0.0.1", port: 2705)),
    Listener(
      name: "kubernetes-admin", flag: nil, variable: "PODID_KUBERNETES_API_ADMIN_LISTEN",
      standard: HostPort(host: "127.0.0.1", port: 4581)),
    Listener(
      name: "aws-admin", flag: nil, variable: "PODID_AWS_API_ADMIN_LISTEN",
      standard: HostPort(host: "127.0.0.1", port: 4582)),
    Listener(
      name: "agent-admin", flag: nil, variable: "PODID_NODE_AGENT_ADMIN_LISTEN",
      standard: HostPort(host: "127.0.0.1", port: 4583)),
  ]

  /// The state folder; a temporary one with `isEphemeral`.
  var state: String
  var isEphemeral: Bool
  var seeds: [String]
  var isLinkLocal = false
  /// Where each listener listens.
  var addresses: [String: HostPort]
  /// Whether warnings of the servers stay in their logs.
  var isQuiet = false

  /// The folder of an ephemeral stack: its state and its stack file lie in it.
  var folder: String { String(state.dropLast("/state".count)) }

  /// What a command needs that stands around its own stack: on free ports, and quiet.
  static func own(_ context: CommandContext) throws -> StackOptions {
    var options = try StackOptions(context, isEphemeral: true)
    for name in options.addresses.keys { options.addresses[name]?.port = 0 }
    options.isQuiet = true
    return options
  }

  /// Reads what `up`, `test` and `demo` have in common; `isEphemeral` also frees all ports.
  init(_ context: CommandContext, isEphemeral: Bool) throws {
    let arguments = context.arguments
    self.isEphemeral = isEphemeral
    let given = arguments.all("seed")
    seeds = given.isEmpty ? [try SeedFinder.standard(context.environment)] : given
    var found: [String: HostPort] = [:]
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
      found[listener.name] = address
    }
    addresses = found
    isLinkLocal = arguments.has("link-local")
    state =
      isEphemeral
      ? try TemporaryFolder.path(context.environment, context.randomness) + "/state"
      : Self.absolute(arguments["state"] ?? ".podid/state")
  }

  /// A path that stands by itself.
  static func absolute(_ path: String) -> String {
    path.hasPrefix("/") ? path : "\(StackFinder.currentFolder())/\(path)"
  }
}
