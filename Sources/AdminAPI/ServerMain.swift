import Glibc
import HTTP
import JSON
package import Platform

/// The course of every server's process, from its arguments to its exit code.
///
/// 0: stopped as asked. 1: could not start, with the reason on standard error. 64: wrong usage.
package enum ServerMain {
  /// Prints what `--help`, `--version` and wrong usage call for; the exit code, or nil where a server
  /// is to run.
  package static func answer(_ table: SettingsTable) -> Int32? {
    let settings: Settings
    do {
      settings = try table.parse(
        ProcessArguments.current(), environment: ProcessEnvironment.current())
    } catch {
      StandardStreams.writeError(PrintedLine(error.description))
      return 64
    }
    if settings.isOn("help") {
      StandardStreams.write(lines: table.help)
      return 0
    }
    guard settings.isOn("version") else { return nil }
    StandardStreams.write("\(table.program) \(Version.current)")
    return 0
  }

  /// Runs a server until SIGTERM or SIGINT, once ``answer(_:)`` has returned nil; `start` binds the
  /// listeners and depends on no peer.
  package static func run(
    table: SettingsTable, faults: FaultCatalogue, loopCount: Int = 2,
    start: @Sendable (ServerContext) async throws -> RunningServer
  ) async -> Int32 {
    TerminationSignals.prepare()
    DescriptorLimit.raise()
    let environment = ProcessEnvironment.current()
    guard
      let settings = try? table.parse(ProcessArguments.current(), environment: environment)
    else { return 64 }
    if settings.isOn("check") { return await HealthCheck.run(settings: settings) }
    do {
      try await serve(
        table: table, faults: faults, settings: settings, environment: environment,
        loopCount: loopCount, start: start)
      return 0
    } catch let error as UsageError {
      StandardStreams.writeError(PrintedLine(error.description))
      return 64
    } catch {
      StandardStreams.writeError("\(table.program): \(error)")
      return 1
    }
  }

  private static func serve(
    table: SettingsTable, faults: FaultCatalogue, settings: Settings,
    environment: ProcessEnvironment, loopCount: Int,
    start: @Sendable (ServerContext) async throws -> RunningServer
  ) async throws {
    let service = table.program
    let origin = try stateOrigin(settings, environment)
    let root = try origin?.folder ?? StateFolder(root: settings.required("state"))
    let state = try root.folder(service)
    let lock = try state.lock()
    let log = Log(
      service: service, level: try settings.required("log-level", LogLevel.init(named:)))
    for note in origin?.notes ?? [] { log.warning(note) }
    if let failure = origin?.registerFailure {
      log.warning(
        "the state has to be named with --state from now on", ["reason": .string("\(failure)")])
    }
    let token = try AdminToken.load(
      path: settings.string("admin-token-file") ?? root.file("admin.token"),
      randomness: .system)
    let clockFile = ClockFile(path: state.file("clock"))
    let context = ServerContext(
      service: service, settings: settings, environment: environment, root: root, state: state,
      log: log, events: EventLog(service: service, log: log),
      faults: FaultBook(
        of: service, catalogue: faults, path: state.file("faults.json"), log: log),
      clock: OffsetClock(offset: clockFile.offset),
      realClock: SystemClock(), randomness: .system, loops: EventLoops(count: loopCount),
      mark: StackMark(adminToken: token))
    HeldListeners.adopt(environment[HeldListeners.variable] ?? "")
    var server = try await start(context)
    server.actions.keepClock = { try clockFile.keep($0) }
    let admin = try startAdmin(server, context: context, token: token)
    HeldListeners.closeRest()
    if !StandardStreams.announce(readyLine(server, service: service, admin: admin)) {
      log.warning("the ready line cannot be written to standard output")
    }
    let trimming = Task {
      // Once the first peers have been met, whose handshakes take most of it.
      if (try? await Task.sleep(for: .seconds(2))) != nil { Program.trim() }
    }
    defer { trimming.cancel() }
    let signal = await TerminationSignals.wait()
    let isRestart = signal == 0
    log.info(isRestart ? "restarting" : "stopping", ["signal": .integer(Int64(signal))])
    let grace: Duration = isRestart ? .zero : .seconds(5)
    if isRestart { for listener in server.servers + [admin] { listener.hold() } }
    await withTaskGroup(of: Void.self) { group in
      for listener in server.servers + [admin] {
        group.addTask { await listener.stop(grace: grace) }
      }
    }
    await server.close()
    withExtendedLifetime(lock) {}
    if isRestart { try await Restart.run() }
  }

  /// The default state folder, which is used only where it is this user's own; nil where another is
  /// named.
  private static func stateOrigin(
    _ settings: Settings, _ environment: ProcessEnvironment
  ) throws -> StateOrigin? {
    guard !settings.isGiven("state"), let path = settings.string("state") else { return nil }
    return try StateOrigin(path, isNamed: false, register: UserRegister(environment))
  }

  private static func startAdmin(
    _ server: RunningServer, context: ServerContext, token: String
  ) throws -> HTTPServer {
    let address = context.settings.address("admin-listen")
    let endpoint = AdminEndpoint(
      service: context.service, processID: getpid(), token: token, clock: context.clock,
      events: context.events, faults: context.faults, actions: server.actions)
    let admin = HTTPServer(
      HTTPServerConfiguration(listen: address.map { [$0] } ?? []), loops: context.loops,
      handler: HTTPGuard(allowedHosts: context.allowedHosts, next: endpoint), log: context.log)
    try admin.start()
    return admin
  }

  private static func readyLine(
    _ server: RunningServer, service: String, admin: HTTPServer
  ) -> PrintedLine {
    let line: JSON = [
      "event": "ready", "service": .string(service), "listen": .strings(server.listen),
      "admin": .string("http://\(admin.addresses.first?.text ?? "")"),
      "pid": .integer(Int64(getpid())),
    ]
    return PrintedLine(line.text())
  }
}
