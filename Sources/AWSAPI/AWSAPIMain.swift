import AdminAPI
import HTTP
import JSON
import Platform

/// The program aws-api.
package enum AWSAPIMain {
  /// Runs the server until it is told to stop; the process's exit code.
  package static func run() async -> Int32 {
    await ServerMain.run(table: AWSAPISettings.table) { context in
      try await start(context)
    }
  }

  private static func start(_ server: ServerContext) async throws -> RunningServer {
    let settings = server.settings
    let account = try AWSAPISettings.account(settings)
    let clusters = try Cluster.all(from: settings.strings("cluster"))
    let listen = settings.addresses("listen")
    let s3Listen = settings.addresses("s3-listen")
    let root = try rootCredentials(server, addresses: listen + s3Listen)
    let sessions = try SessionSealer(
      keyFile: server.state.file("credentials.key"), randomness: server.randomness)
    let store = try await RoleStore(
      path: server.state.file("aws.db"), account: account,
      associationDelay: settings.duration("association-delay") ?? .zero,
      clock: server.realClock)
    let context = AWSAPIContext(
      account: account, store: store, sessions: sessions, clusters: clusters,
      keys: HTTPKeySource(loops: server.loops), clock: server.clock,
      machineClock: server.realClock,
      credentialLifetime: settings.duration("credential-lifetime"),
      randomness: server.randomness, events: server.events, log: server.log)
    let authenticator = Authenticator(
      account: account, root: root, sessions: sessions,
      acceptsUnknownKeys: settings.isOn("accept-unknown-keys"), machineClock: server.realClock,
      clock: server.clock)
    let endpoint = AWSEndpoint(context: context, authenticator: authenticator)
    let aws = HTTPServer(
      HTTPServerConfiguration(listen: listen), loops: server.loops,
      handler: HTTPGuard(allowedHosts: server.allowedHosts, next: endpoint), log: server.log)
    try aws.start()
    return RunningServer(
      listen: aws.urls, servers: [aws],
      actions: .init(reset: { try await store.reset() }),
      close: { await store.close() })
  }

  private static func rootCredentials(
    _ server: ServerContext, addresses: [HostPort]
  ) throws -> RootCredentials {
    let isLocal = addresses.allSatisfy(\.isLoopback)
    let choice = server.settings.string("root-credentials") ?? (isLocal ? "test" : "random")
    if server.settings.isOn("accept-unknown-keys") {
      server.log.warning("unknown access keys are taken as the root's, unverified")
    }
    guard choice == "random" else {
      if !isLocal {
        server.log.warning("the root's keys are test/test on an address that is not loopback")
      }
      return .test
    }
    return try RootCredentials(
      file: server.state.file("root-credentials.json"), randomness: server.randomness)
  }
}
