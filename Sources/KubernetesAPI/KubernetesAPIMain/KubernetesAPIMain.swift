import AdminAPI
import Cryptography
import HTTP
import JSON
import Platform

/// The program kubernetes-api.
package enum KubernetesAPIMain {
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
    let names = ServerCertificate.standardNames + settings.listen.map(\.host) + settings.names
    let settle = { @Sendable () throws(StartFailure) -> ServerCertificate in
      try ServerCertificate.settle(
        in: server.state, names: names.filter { !["0.0.0.0", "::"].contains($0) },
        now: server.realClock.now, randomness: server.randomness)
    }
    let certificate = try settle()
    let tls = try TLSServerContext(
      certificatePEM: certificate.certificatePEM, keyPEM: certificate.keyPEM)
    let store = try await ObjectStore(path: server.state.file("kubernetes.db"))
    let cluster = Cluster(store: store, clock: server.realClock, randomness: server.randomness)
    // Bound first: the URL of the first listener may become the issuer.
    let front = LateHandler()
    let https = HTTPServer(
      HTTPServerConfiguration(
        listen: settings.listen, tls: tls),
      loops: server.loops,
      handler: HTTPGuard(
        allowedHosts: server.allowedHosts + settings.names + ServerCertificate.standardNames,
        next: front), log: server.log)
    try https.start()
    let url = settings.advertise ?? https.urls.first ?? ""
    let parts = try ClusterParts(
      server: server, settings: settings, url: url, keyring: keyring, certificate: certificate,
      cluster: cluster)
    front.set(parts.endpoint)
    let controllers = try await parts.startControllers()
    let renewal = Task {
      // A server that runs for a year shows a new certificate to new connections.
      while (try? await Task.sleep(for: .seconds(86_400))) != nil {
        do {
          let fresh = try settle()
          try tls.reload(certificatePEM: fresh.certificatePEM, keyPEM: fresh.keyPEM)
        } catch { server.log.error("certificate not renewed", ["reason": .string("\(error)")]) }
      }
    }
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
