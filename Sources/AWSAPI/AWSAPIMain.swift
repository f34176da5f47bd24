import AdminAPI
import HTTP
import JSON
import Platform

/// The program aws-api.
package enum AWSAPIMain {
  /// The largest object that S3 takes, in bytes.
  // Differs from AWS: objects of at most 64 MiB, in one part.
  private static let objectLimit = 64 << 20

  /// Runs the server until it is told to stop; the process's exit code.
  package static func run() async -> Int32 {
    await ServerMain.run(table: AWSAPISettings.table, faults: AWSAPIFaults.catalogue) { context in
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
      randomness: server.randomness, events: server.events, faults: server.faults,
      log: server.log)
    let authenticator = Authenticator(
      account: account, root: root, sessions: sessions,
      acceptsUnknownKeys: settings.isOn("accept-unknown-keys"), machineClock: server.realClock,
      clock: server.clock)
    let endpoint = AWSEndpoint(context: context, authenticator: authenticator)
    let aws = HTTPServer(
      HTTPServerConfiguration(listen: listen), loops: server.loops,
      handler: HTTPGuard(allowedHosts: server.allowedHosts, next: endpoint), log: server.log)
    var s3Limits = HTTPLimits()
    s3Limits.body = objectLimit
    let objects = try S3Endpoint(
      context: context, authenticator: authenticator,
      buckets: settings.string("buckets") ?? server.state.file("buckets"),
      ownsBuckets: settings.string("buckets") == nil)
    let s3 = HTTPServer(
      HTTPServerConfiguration(listen: s3Listen, limits: s3Limits), loops: server.loops,
      handler: HTTPGuard(allowedHosts: server.allowedHosts, next: objects), log: server.log)
    try aws.start()
    try s3.start()
    return RunningServer(
      listen: aws.urls + s3.urls, servers: [aws, s3],
      actions: .init(
        reset: {
          try await reset(
            store, sessions, objects, keyFile: server.state.file("credentials.key"))
        }, answers: ["/visible-association": { visibleAssociation($0, store) }]),
      close: { await store.close() })
  }

  /// Forgets everything, and takes a new key.
  ///
  /// A function of its own, because swiftc 6.3.1 crashes on the same closure in release mode.
  @concurrent private static func reset(
    _ store: RoleStore, _ sessions: SessionSealer, _ objects: S3Endpoint, keyFile: String
  ) async throws {
    try await store.reset()
    await objects.reset()
    try sessions.renew(keyFile: keyFile)
  }

  /// The association that EKS Auth sees, which EKS may have changed since.
  private static func visibleAssociation(_ query: QueryParameters, _ store: RoleStore) -> JSON {
    let workload = Workload(
      cluster: query["cluster"] ?? "", namespace: query["namespace"] ?? "",
      serviceAccount: query["serviceAccount"] ?? "")
    guard let found = store.visibleAssociation(of: workload) else { return ["visible": false] }
    return [
      "visible": true, "associationId": .string(found.id), "roleArn": .string(found.roleARN),
    ]
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
