import AdminAPI
import HTTP
import JSON
import Platform

/// The program node-agent.
package enum NodeAgentMain {
  /// Runs the server until it is told to stop, or `initialize`; the process's exit code.
  package static func run() async -> Int32 {
    let words = ProcessArguments.current()
    if words.first == "initialize" {
      return InitializeCommand.run(Array(words.dropFirst()))
    }
    return await ServerMain.run(table: NodeAgentSettings.table, faults: AgentFaults.catalogue) {
      context in
      try await start(context)
    }
  }

  private static func start(_ server: ServerContext) async throws -> RunningServer {
    let settings = try NodeAgentSettings(server.settings)
    let metrics = AgentMetrics()
    let keeper = CredentialsKeeper(
      source: EKSAuthClient(
        client: HTTPClient(loops: server.loops), endpoint: settings.awsEndpoint,
        cluster: settings.cluster, region: settings.region, credentials: settings.credentials,
        clock: server.realClock, randomness: server.randomness),
      clock: server.clock, randomness: server.randomness, metrics: metrics, log: server.log)
    let listen = server.settings.addresses("listen")
    let endpoint = CredentialsEndpoint(
      keeper: keeper,
      hosts: AgentHosts(
        further: Set((listen.map(\.host) + server.allowedHosts).map { $0.lowercased() }),
        isStrict: settings.isStrict),
      limiter: settings.rateLimit.map { RateLimiter(rate: $0, burst: $0 / 2) }, metrics: metrics,
      clock: server.clock, events: server.events, faults: server.faults, log: server.log)
    var limits = HTTPLimits()
    limits.head = 1 << 20
    let agents = try CredentialsListeners.start(
      listen, isLinkLocal: settings.isLinkLocal, limits: limits, loops: server.loops,
      handler: endpoint, log: server.log)
    let urls = agents.flatMap(\.urls)
    let client = HTTPClient(loops: server.loops)
    let targets = urls.compactMap { HTTPURL("\($0)/") }
    let probes = try [("probe-listen", nil), ("metrics-listen", metrics)].map { row in
      let (flag, metrics) = row
      let probe = HTTPServer(
        HTTPServerConfiguration(listen: server.settings.addresses(flag)), loops: server.loops,
        handler: HTTPGuard(
          allowedHosts: server.allowedHosts,
          next: ProbeEndpoint(targets: { targets }, client: client, metrics: metrics)),
        log: server.log)
      try probe.start()
      return probe
    }
    let node = RunningNode(server, settings)
    let tasks = [
      Task { await keeper.run() }, Task { await node.run() },
    ]
    return RunningServer(
      listen: urls, servers: agents + probes,
      actions: .init(
        reset: { keeper.flush() }, flush: { keeper.flush() },
        clockMoved: { await node.settle() }),
      close: { for task in tasks { task.cancel() } })
  }
}
