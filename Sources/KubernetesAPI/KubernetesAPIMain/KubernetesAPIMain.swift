import AdminAPI
import HTTP
import Platform

/// The program kubernetes-api.
package enum KubernetesAPIMain {
  /// Prints a help, the version or wrong usage; nil where the server is to run.
  package static func answer() -> Int32? { ServerMain.answer(KubernetesAPISettings.table) }

  /// Runs the server until it is told to stop; the process's exit code.
  package static func run() async -> Int32 {
    await ServerMain.run(table: KubernetesAPISettings.table, faults: KubernetesFaults.catalogue) {
      context in
      try await start(context)
    }
  }

  private static func start(_ server: ServerContext) async throws -> RunningServer {
    let settings = try KubernetesAPISettings(server.settings)
    let keyring = try TokenKeyring(
      path: server.state.file("sa.key"), format: settings.keyIDFormat)
    keyring.generateIfMissing()
    let tls = try ServerTLS(
      server, names: ServerCertificate.standardNames + settings.listen.map(\.host) + settings.names,
      authority: "podid local cluster")
    let store = try await ObjectStore(path: server.state.file("kubernetes.db"))
    let cluster = Cluster(
      store: store, clock: server.realClock, randomness: server.randomness,
      limits: ObjectLimits(minimumTokenSeconds: settings.minimumTokenSeconds))
    // Bound first: the URL of the first listener may become the issuer.
    let front = LateHandler()
    let https = HTTPServer(
      HTTPServerConfiguration(
        listen: settings.listen, tls: tls.context, overloaded: { _ in StatusError.tooManyRequests }),
      loops: server.loops,
      handler: HTTPGuard(
        allowedHosts: server.allowedHosts + settings.names + ServerCertificate.standardNames,
        next: OriginReader(mark: server.mark, next: front)), log: server.log)
    try https.start()
    let url = settings.advertise ?? https.urls.first ?? ""
    let parts = try ClusterParts(
      server: server, settings: settings, url: url, keyring: keyring, certificate: tls.certificate,
      cluster: cluster)
    front.set(parts.endpoint)
    let controllers = try await parts.startControllers()
    let renewal = Task { await tls.renew() }
    return RunningServer(
      listen: https.urls, servers: [https],
      actions: .init(reset: {
        try await store.reset()
        try await keyring.renew()
        await parts.defaults.prepare()
      }),
      close: {
        renewal.cancel()
        controllers.cancel()
        await store.close()
      })
  }
}
