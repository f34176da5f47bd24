import Glibc
import HTTP
import JSON
import Platform

/// A stack whose servers are this process's children.
final class RunningStack: Sendable {
  let info: StackInfo
  /// What the seeds came to.
  let seedReport: SeedReport
  private let children: [(service: String, process: ChildProcess, log: ServerLog)]
  private let options: StackOptions
  private let watch: StackGuard?

  private init(
    info: StackInfo, seedReport: SeedReport,
    children: [(service: String, process: ChildProcess, log: ServerLog)], options: StackOptions,
    watch: StackGuard?
  ) {
    self.info = info
    self.seedReport = seedReport
    self.children = children
    self.options = options
    self.watch = watch
  }

  /// Starts all servers at once, applies the seeds and writes the stack file, if one is wanted.
  static func start(
    _ options: StackOptions, stackFile: String?, context: CommandContext
  ) async throws -> RunningStack {
    guard options.isEphemeral else {
      return try await started(options, stackFile: stackFile, watch: nil, context: context)
    }
    // First, so that there is no moment in which a killed podid leaves the folder.
    let watch = try StackGuard(options.folder)
    do throws(CommandFailure) { try TemporaryFolder.make(options.folder) } catch {
      watch.dismiss()
      throw error
    }
    do {
      return try await started(options, stackFile: stackFile, watch: watch, context: context)
    } catch {
      TemporaryFolder.remove(options.folder)
      watch.dismiss()
      throw error
    }
  }

  private static func started(
    _ options: StackOptions, stackFile: String?, watch: StackGuard?, context: CommandContext
  ) async throws -> RunningStack {
    // Read first: a broken seed starts no server.
    let seeds = try options.seeds.map { try SeedFolder(path: $0) }
    let state: StateFolder
    let logs: StateFolder
    do {
      state = try StateFolder(root: options.state)
      logs = try state.folder("logs")
    } catch { throw CommandFailure("\(error)") }
    var children: [(service: String, process: ChildProcess, log: ServerLog)] = []
    do {
      let ports = try HeldPorts(options.addresses)
      let addresses = ports.addresses
      let token = try adminToken(state, context)
      let keys = try rootKeys(state, addresses: addresses, context)
      let issuer = try? SafeFile.readText(state.file("kubernetes-api/issuer"), limit: 4096)
      let plan = StackPlan(
        state: options.state, addresses: addresses, isLinkLocal: options.isLinkLocal,
        environment: context.environment,
        keptIssuer: issuer?.split(separator: "\n").first.map(String.init),
        rootKeys: keys)
      var pids: [String: Int32] = [:]
      let ready = ReadyLines()
      for service in ["kubernetes-api", "aws-api", "node-agent"] {
        let log = try ServerLog(service: service, folder: logs.path)
        let process = try launch(
          service, plan: plan, mark: options.isEphemeral ? options.folder : nil, log: log,
          ready: ready, context)
        children.append((service, process, log))
        pids[service] = process.pid
      }
      for child in children {
        try await ready.wait(for: child.service, process: child.process, log: child.log)
      }
      // Before, peers were away for no other reason than that they started as well.
      if !options.isQuiet {
        for child in children { child.log.speak(since: context.clock.now) }
      }
      withExtendedLifetime(ports) {}
      let path = stackFile ?? "\(options.state)/stack.json"
      let info = try StackInfo(json: plan.json(token: token, pids: pids), path: path)
      var report = SeedReport()
      // Faults that were kept are the apps' to meet, not the seed's.
      if !options.isEphemeral { try await pauseFaults(true, of: info, context) }
      for seed in seeds {
        try await SeedApplier(
          seed: seed, kubernetes: try context.kubernetes(info), aws: try context.aws(info),
          stack: info, admins: context.admins(info)
        ).apply(into: &report)
      }
      await NodeReadiness(kubernetes: try context.kubernetes(info), node: info.node).wait()
      if !options.isEphemeral { try await pauseFaults(false, of: info, context) }
      if let stackFile { try write(info.json, to: stackFile) }
      return RunningStack(
        info: info, seedReport: report, children: children, options: options, watch: watch)
    } catch {
      for child in children { await child.process.stop() }
      throw error
    }
  }

  /// Waits for the first server that ends by itself: its name and exit code.
  func firstEnd() async -> (service: String, code: Int32) {
    let (ends, end) = AsyncStream<(service: String, code: Int32)>.makeStream()
    // Each task ends with its process, whether or not anybody still listens.
    for child in children {
      Task { end.yield((child.service, await child.process.end())) }
    }
    for await first in ends { return first }
    return ("", 0)
  }

  /// The last log lines of a server.
  func lastLines(of service: String) -> [String] {
    children.first { $0.service == service }?.log.lastLines ?? []
  }

  /// Stops all servers, and removes what an ephemeral stack leaves.
  func stop() async {
    await withTaskGroup(of: Void.self) { group in
      for child in children { group.addTask { await child.process.stop() } }
    }
    // The file last: where it is gone, everything is.
    if options.isEphemeral { FolderWalk(path: options.folder)?.removeTree("state") }
    let found = (try? SafeFile.read(info.path, limit: 1 << 20)).flatMap { try? JSON.parse($0) }
    // By now another stack may have put its own there.
    if found == info.json { unlink(info.path) }
    if options.isEphemeral { TemporaryFolder.remove(options.folder) }
    watch?.dismiss()
  }

  /// The variables by which what an ephemeral stack's command started is found again.
  var mark: [String: String] {
    options.isEphemeral ? [MarkedProcesses.variable: options.folder] : [:]
  }

  /// Ends what a command left behind in an ephemeral stack.
  func endLeftovers() async {
    let own = children.map(\.process.pid)
    await Leftovers.end(grace: .seconds(2)) {
      Set(MarkedProcesses.of(options.folder)).subtracting(own)
    }
  }

  private static func pauseFaults(
    _ isPaused: Bool, of stack: StackInfo, _ context: CommandContext
  ) async throws {
    for admin in context.admins(stack) {
      _ = try await admin.send("PUT", "/faults", body: ["paused": .bool(isPaused)])
    }
  }

  private static func write(_ json: JSON, to path: String) throws {
    let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
      .joined(separator: "/")
    if folder.hasSuffix(".podid") { _ = try StateFolder(root: folder) }
    try SafeFile.write(Array((json.text([.indented]) + "\n").utf8), to: path)
  }

  private static func adminToken(
    _ state: StateFolder, _ context: CommandContext
  ) throws -> String {
    let path = state.file("admin.token")
    if !SafeFile.exists(path) {
      let token = Base64.encodeURL(context.randomness.bytes(32))
      _ = try SafeFile.create(Array((token + "\n").utf8), at: path)
    }
    return try SafeFile.readText(path, limit: 4096).filter { !$0.isWhitespace }
  }

  /// The root's keys: test/test, or a random pair that aws-api will read from its file.
  private static func rootKeys(
    _ state: StateFolder, addresses: [String: HostPort], _ context: CommandContext
  ) throws -> (id: String, secret: String) {
    let isLocal = ["aws", "s3"].allSatisfy { addresses[$0]?.isLoopback ?? true }
    let choice =
      context.environment["PODID_AWS_API_ROOT_CREDENTIALS"] ?? (isLocal ? "test" : "random")
    guard choice == "random" else { return ("test", "test") }
    let path = try state.folder("aws-api").file("root-credentials.json")
    if !SafeFile.exists(path) {
      let id = "AKIA" + context.randomness.string(16, from: "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
      let fresh: JSON = [
        "accessKeyId": .string(id),
        "secretAccessKey": .string(Base64.encode(context.randomness.bytes(30))),
      ]
      _ = try SafeFile.create(fresh.bytes() + [0x0A], at: path)
    }
    let json = try JSON.parse(try SafeFile.read(path, limit: 4096))
    return (json["accessKeyId"]?.string ?? "", json["secretAccessKey"]?.string ?? "")
  }

  private static func launch(
    _ service: String, plan: StackPlan, mark: String?, log: ServerLog, ready: ReadyLines,
    _ context: CommandContext
  ) throws -> ChildProcess {
    var environment = context.environment.variables.filter { !$0.key.hasPrefix("AWS_") }
    // Nobody dials its peers through a proxy.
    for name in ["http_proxy", "https_proxy", "all_proxy"] {
      environment[name] = nil
      environment[name.uppercased()] = nil
    }
    for server in ["KUBERNETES_API", "NODE_AGENT"] {
      environment["PODID_\(server)_AWS_ACCESS_KEY_ID"] = plan.rootKeys.id
      environment["PODID_\(server)_AWS_SECRET_ACCESS_KEY"] = plan.rootKeys.secret
    }
    if let mark { environment[MarkedProcesses.variable] = mark }
    let output = try LinePipe.make { ready.take($0) }
    let errors = try LinePipe.make { log.add($0) }
    return try ChildProcess(
      [try Executables.path(of: service)] + plan.flags(of: service), environment: environment,
      output: .pipe(output), errors: .pipe(errors), ownGroup: true)
  }
}
