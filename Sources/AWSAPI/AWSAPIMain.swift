import AWSDoor
import AdminAPI
import EKSAuth
import HTTP
import JSON
import Platform
import S3

/// The program aws-api.
package enum AWSAPIMain {
  /// Prints a help, the version or wrong usage; nil where the server is to run.
  package static func answer() -> Int32? { ServerMain.answer(AWSAPISettings.table) }

  /// Runs the server until it is told to stop; the process's exit code.
  package static func run() async -> Int32 {
    await ServerMain.run(table: AWSAPISettings.table, faults: AWSAPIFaults.catalogue) { context in
      try await start(context)
    }
  }

  private static func start(_ server: ServerContext) async throws -> RunningServer {
    let settings = server.settings
    let account = try AWSAPISettings.account(settings)
    let clusters = try Cluster.all(in: settings)
    let listen = settings.addresses("listen")
    let s3Listen = settings.addresses("s3-listen")
    let longTermKeys = try longTermKeys(server)
    let sessions = try SessionSealer(
      keyFile: server.state.file("credentials.key"), randomness: server.randomness)
    let store = try await RoleStore(
      path: server.state.file("aws.db"), account: account,
      associationDelay: try settings.required("association-delay") { Duration(text: $0) },
      clock: server.realClock, log: server.log)
    let buckets = try BucketFolder(
      path: settings.string("buckets") ?? server.state.file("buckets"))
    let exchange = CredentialExchange(
      clusters: clusters, keys: HTTPKeySource(loops: server.loops), sessions: sessions,
      clock: server.clock, machineClock: server.realClock,
      lifetime: settings.duration("credential-lifetime"))
    let services = Services(clusters: clusters, exchange: exchange, buckets: buckets)
    let context = DoorContext(
      account: account, services: Services.all, store: store, clock: server.clock,
      randomness: server.randomness,
      events: server.events, faults: server.faults, log: server.log)
    let authenticator = Authenticator(
      account: account, keys: longTermKeys, sessions: sessions,
      acceptsUnknownKeys: settings.isOn("accept-unknown-keys"), machineClock: server.realClock,
      clock: server.clock)
    let endpoint = AWSEndpoint(
      context: context, authenticator: authenticator, services: services.served)
    let objects = AWSEndpoint(
      context: context, authenticator: authenticator, only: services.storage)
    let aws = HTTPServer(
      HTTPServerConfiguration(listen: listen, overloaded: endpoint.overloaded), loops: server.loops,
      handler: HTTPGuard(
        allowedHosts: server.allowedHosts, next: OriginReader(mark: server.mark, next: endpoint)),
      log: server.log)
    let s3 = HTTPServer(
      HTTPServerConfiguration(listen: s3Listen, overloaded: objects.overloaded),
      loops: server.loops,
      handler: HTTPGuard(
        allowedHosts: server.allowedHosts, next: OriginReader(mark: server.mark, next: objects)),
      log: server.log)
    let tls = try TLSDoor(
      server, handler: OriginReader(mark: server.mark, next: endpoint),
      overloaded: endpoint.overloaded)
    try aws.start()
    try s3.start()
    try tls?.server.start()
    return RunningServer(
      listen: aws.urls + s3.urls + (tls?.server.urls ?? []),
      servers: [aws, s3] + (tls.map { [$0.server] } ?? []),
      actions: .init(
        reset: {
          // A folder that the operator named holds what is the operator's.
          try await reset(
            store, settings.string("buckets") == nil ? buckets : nil, sessions, longTermKeys,
            keyFile: server.state.file("credentials.key"))
        }, answers: ["/visible-association": { visibleAssociation($0, store) }]),
      close: {
        tls?.renewal.cancel()
        await store.close()
      })
  }

  /// Forgets everything, and takes new keys.
  ///
  /// A function of its own, because swiftc 6.3.1 crashes on the same closure in release mode.
  @concurrent private static func reset(
    _ store: RoleStore, _ buckets: BucketFolder?, _ sessions: SessionSealer,
    _ longTermKeys: LongTermKeys, keyFile: String
  ) async throws {
    try await store.reset()
    await buckets?.removeAll()
    try sessions.renew(keyFile: keyFile)
    try longTermKeys.renew()
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

  /// The root's keys, and those of the other two servers where they are not the root.
  private static func longTermKeys(_ server: ServerContext) throws -> LongTermKeys {
    let settings = server.settings
    let isLocal = AWSAPISettings.isLocal(settings)
    let isRandom = AWSAPISettings.hasRandomRoot(settings)
    if settings.isOn("accept-unknown-keys") {
      server.log.warning("unknown access keys are taken as the root's, unverified")
    }
    if isLocal && !isRandom { return .test }
    if !isRandom {
      server.log.warning("the root's keys are test/test on an address that is not loopback")
    }
    return try LongTermKeys(
      in: settings.string("keys") ?? server.state.path, randomRoot: isRandom,
      randomness: server.randomness)
  }
}
