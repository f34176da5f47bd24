import AdminAPI
import HTTP
import JSON
import KubernetesClient
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
    let tasks = [
      Task { await keeper.run() }, Task { await runNode(server, settings) },
    ]
    return RunningServer(
      listen: urls, servers: agents + probes,
      actions: .init(reset: { keeper.flush() }, flush: { keeper.flush() }),
      close: { for task in tasks { task.cancel() } })
  }

  /// Waits for the kubeconfig, which kubernetes-api may write later, and works as its node; one
  /// that was kept may name a port of before, until kubernetes-api writes it anew.
  private static func runNode(_ server: ServerContext, _ settings: NodeAgentSettings) async {
    var told: String?
    while !Task.isCancelled {
      do {
        let path =
          server.settings.string("kubeconfig")
          ?? server.root.file("kubernetes-api/node/kubeconfig")
        let config = try KubeConfig(path: path)
        let pods = server.settings.string("pods") ?? server.root.file("pods")
        try SafeFile.makeFolder(pods)
        await NodeController(
          client: try KubernetesClient(config, loops: server.loops), node: settings.node,
          root: pods, clock: server.clock, realClock: server.realClock,
          randomness: server.randomness, events: server.events, log: server.log,
          isOutdated: { (try? KubeConfig(path: path)).map { $0 != config } ?? false }
        ).run()
      } catch {
        let text = "\(error)"
        if told != text { server.log.info("waiting for the cluster", ["reason": .string(text)]) }
        told = text
        try? await Task.sleep(for: .milliseconds(20))
      }
    }
  }
}
