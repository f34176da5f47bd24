import AWSClient
import AdminAPI
import HTTP
import JSON
import Platform

/// The program node-agent.
package enum NodeAgentMain {
  /// Does `initialize`, or prints a help, the version or wrong usage; nil where the server is to run.
  package static func answer() -> Int32? {
    let words = ProcessArguments.current()
    guard words.first?.bytes == "initialize" else {
      return ServerMain.answer(NodeAgentSettings.table)
    }
    return InitializeCommand.run(Array(words.dropFirst()))
  }

  /// Runs the server until it is told to stop; the process's exit code.
  package static func run() async -> Int32 {
    await ServerMain.run(table: NodeAgentSettings.table, faults: AgentFaults.catalogue) {
      context in
      try await start(context)
    }
  }

  private static func start(_ server: ServerContext) async throws -> RunningServer {
    let settings = try NodeAgentSettings(server.settings)
    let metrics = AgentMetrics()
    let http = HTTPClient(loops: server.loops, bodyLimit: EKSAuthClient.bodyLimit)
    let keeper = CredentialsKeeper(
      source: EKSAuthClient(
        client: http,
        aws: AWSClient(
          http: http, endpoint: settings.awsEndpoint, region: settings.region,
          key: settings.signingKey, clock: server.realClock, mark: server.mark.put),
        cluster: settings.cluster, randomness: server.randomness),
      generation: settings.generation, clock: server.clock, metrics: metrics, log: server.log)
    let keys = settings.generation == .second ? APIServerKeys(log: server.log) : nil
    let listen = server.settings.addresses("listen")
    let endpoint = CredentialsEndpoint(
      keeper: keeper,
      validation: keys.map { LocalValidation(keys: $0, metrics: metrics, log: server.log) },
      hosts: AgentHosts.allowed(
        further: listen.map(\.host) + server.allowedHosts, isStrict: settings.isStrict),
      limiter: settings.rateLimit.map { RateLimiter(rate: $0, burst: $0 / 2) }, metrics: metrics,
      clock: server.clock, events: server.events, faults: server.faults, log: server.log)
    var limits = HTTPLimits()
    limits.head = 1 << 20
    let agents = try CredentialsListeners.start(
      listen, isLinkLocal: settings.isLinkLocal, limits: limits, loops: server.loops,
      handler: OriginReader(mark: server.mark, next: endpoint), log: server.log)
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
    let node = RunningNode(server, settings, keys: keys)
    let renewal = CredentialsRenewal(keeper: keeper, randomness: server.randomness)
    let tasks = [
      Task { await renewal.run() }, Task { await node.run() },
    ]
    return RunningServer(
      listen: urls, servers: agents + probes,
      actions: .init(
        reset: { keeper.flush() }, flush: { keeper.flush() },
        clockMoved: { step in
          // Credentials of a time that is over count for longer than they should.
          if step < .zero { keeper.flush() }
          await node.settle()
        }, answers: ["/held-credentials": { _ in keeper.held() }]),
      close: { for task in tasks { task.cancel() } })
  }
}
