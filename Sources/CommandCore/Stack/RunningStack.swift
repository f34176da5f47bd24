import Glibc
import HTTP
package import JSON
import Platform
import PodIdentity

/// A stack whose servers are this process's children.
package final class RunningStack: Sendable {
  /// The stack as its file describes it.
  package let info: StackInfo
  /// What the seeds came to.
  package let seedReport: SeedReport
  /// A ServiceAccount to which the seeds give an identity, to try things with.
  package let account: AccountName?
  /// Why the user's register does not have the stack or its state, though it should; nil where it
  /// does.
  package let registerFailure: String?
  private let children: [(service: String, process: ChildProcess, log: ServerLog)]
  private let options: StackOptions
  private let watch: StackGuard?
  private let register: StackRegister?
  /// Keeps another podid from starting servers on the same state.
  private let lock: StateLock

  private init(
    info: StackInfo, seedReport: SeedReport, account: AccountName?, registerFailure: String?,
    children: [(service: String, process: ChildProcess, log: ServerLog)], options: StackOptions,
    watch: StackGuard?, register: StackRegister?, lock: StateLock
  ) {
    self.info = info
    self.seedReport = seedReport
    self.account = account
    self.registerFailure = registerFailure
    self.register = register
    self.lock = lock
    self.children = children
    self.options = options
    self.watch = watch
  }

  /// Starts all servers at once, applies the seeds, enters the stack in a register, where one is
  /// given, and writes the stack file.
  package static func start(
    _ options: StackOptions, stackFile: String, register: StackRegister? = nil,
    context: CommandContext
  ) async throws -> RunningStack {
    try await ServerVariables(context.environment).check()
    guard options.isEphemeral else {
      return try await started(
        options, stackFile: stackFile, watch: nil, register: register, context: context)
    }
    // First, so that there is no moment in which a killed podid leaves the folder.
    let watch = try StackGuard(options.folder)
    do throws(CommandFailure) { try TemporaryFolder.make(options.folder) } catch {
      watch.dismiss()
      throw error
    }
    do {
      return try await started(
        options, stackFile: stackFile, watch: watch, register: register, context: context)
    } catch {
      TemporaryFolder.remove(options.folder)
      watch.dismiss()
      throw error
    }
  }

  private static func started(
    _ options: StackOptions, stackFile: String, watch: StackGuard?, register: StackRegister?,
    context: CommandContext
  ) async throws -> RunningStack {
    // Read first: a broken seed starts no server.
    let seeds = try options.seeds.paths.map {
      try SeedFolder(path: $0, account: StackNames(context.environment).account)
    }
    if let note = try StackFile.prepare(stackFile) { context.warn("podid: \(note)") }
    let (state, stateFailure) = try stateFolder(options, context)
    let logs: StateFolder
    let lock: StateLock
    do {
      // Of two that start at once one has it all, where each server for itself may be either's.
      lock = try state.lock(isRoot: true)
      logs = try state.folder("logs")
      try WrittenFiles.check(state, logs: logs)
    } catch { throw CommandFailure("\(error)") }
    var children: [(service: String, process: ChildProcess, log: ServerLog)] = []
    do {
      let ports = try HeldPorts(options.addresses)
      let addresses = ports.addresses
      let token = try adminToken(state, context)
      let issuer = try? SafeFile.readText(state.file("kubernetes-api/issuer"), limit: 4096)
      let plan = StackPlan(
        id: StateOrigin.newID(context.randomness), state: options.state, addresses: addresses,
        isLinkLocal: options.isLinkLocal,
        credentialLifetime: options.credentialLifetime,
        environment: context.environment,
        keptIssuer: issuer?.bytes.split(separator: "\n").first.map(String.init))
      var pids: [ByteText: Int32] = [:]
      let ready = ReadyLines()
      for service in ServerName.allCases.map(\.rawValue) {
        let log = try ServerLog(service: service, folder: logs.path)
        let process = try launch(
          service, plan: plan, mark: options.isEphemeral ? options.folder : nil, log: log,
          ready: ready, context)
        children.append((service, process, log))
        pids[service.bytes] = process.pid
      }
      for child in children {
        try await ready.wait(for: child.service, process: child.process, log: child.log)
      }
      // Before, peers were away for no other reason than that they started as well.
      if !options.isQuiet {
        for child in children { child.log.speak(since: context.clock.now) }
      }
      withExtendedLifetime(ports) {}
      let json = plan.json(
        token: token, rootKey: try plan.rootKey(), pids: pids,
        seeds: options.seeds.isExample ? [] : try options.seeds.paths.map(StackOptions.absolute))
      var info = try StackInfo(json: json, path: stackFile)
      info.isTemporary = options.isEphemeral && register == nil
      var report = SeedReport()
      // Faults that were kept are the apps' to meet, not the seed's.
      if !options.isEphemeral { try await pauseFaults(true, of: info, context) }
      for seed in seeds {
        try await SeedApplier(seed, to: info, context.access).apply(into: &report)
      }
      await NodeReadiness(kubernetes: try context.kubernetes(info), node: info.node).wait()
      if !options.isEphemeral { try await pauseFaults(false, of: info, context) }
      let failure = try write(&info, register, context)
      return RunningStack(
        info: info, seedReport: report, account: seeds.lazy.compactMap(\.identity).first,
        registerFailure: failure ?? stateFailure,
        children: children, options: options, watch: watch, register: register, lock: lock)
    } catch {
      for child in children { await child.process.stop() }
      // What servers wrote before they had to stop, such as a kubeconfig with a new port, is podid's too.
      if register != nil, !children.isEmpty {
        try? StateSeal(options.state, context.environment).write()
      }
      throw error
    }
  }

  /// The log of a `podid up` that let go of its terminal.
  package static let ownLog = "podid.log"

  /// Waits for the first server that ends by itself: its name and exit code.
  package func firstEnd() async -> (service: String, code: Int32) {
    let (ends, end) = AsyncStream<(service: String, code: Int32)>.makeStream()
    // Each task ends with its process, whether or not anybody still listens.
    for child in children {
      Task { end.yield((child.service, await child.process.end())) }
    }
    for await first in ends { return first }
    return ("", 0)
  }

  /// The last log lines of a server.
  package func lastLines(of service: String) -> [String] {
    children.first { $0.service.bytes == service.bytes }?.log.lastLines ?? []
  }

  /// Stops all servers, and removes what an ephemeral stack leaves.
  package func stop() async {
    await withTaskGroup(of: Void.self) { group in
      for child in children { group.addTask { await child.process.stop() } }
    }
    lock.release()
    // The file last, unless it lies in the folder itself: where it is gone, everything is.
    if options.isEphemeral {
      FolderWalk(path: options.folder)?.removeTree("state")
      if StackFile.folder(of: info.path).bytes != options.folder.bytes {
        TemporaryFolder.remove(options.folder)
      }
    }
    removeFile()
    if options.isEphemeral { TemporaryFolder.remove(options.folder) }
    watch?.dismiss()
  }

  /// Removes the stack file, unless another stack has put its own there by now, and what the register
  /// has of it; `podid reset` may have renewed the keys in it.
  package func removeFile() {
    let found = (try? SafeFile.read(info.path, limit: 1 << 20)).flatMap { try? JSON.parse($0) }
    if found?["id"]?.string?.bytes == info.id.bytes { unlink(info.path) }
    register?.leave(info.id, path: info.path)
  }

  /// The variables by which what an ephemeral stack's command started is found again.
  package var mark: [ByteText: String] {
    options.isEphemeral ? [MarkedProcesses.variable.bytes: options.folder] : [:]
  }

  /// Ends what a command left behind in an ephemeral stack.
  package func endLeftovers() async {
    let own = children.map(\.process.pid)
    await Leftovers.end(marked: options.folder, except: Set(own), grace: .seconds(2))
  }

  private static func pauseFaults(
    _ isPaused: Bool, of stack: StackInfo, _ context: CommandContext
  ) async throws {
    for admin in context.admins(stack) {
      _ = try await admin.send("PUT", "/faults", body: ["paused": .bool(isPaused)])
    }
  }

  /// The state folder, and why the register does not have it where it should.
  private static func stateFolder(
    _ options: StackOptions, _ context: CommandContext
  ) throws(CommandFailure) -> (StateFolder, String?) {
    if !options.isEphemeral, !options.isStateNamed {
      try StateSeal(options.state, context.environment).check()
    }
    do throws(FileError) {
      // One that lasts no longer than the stack is nobody's to find.
      if options.isEphemeral { return (try StateFolder(root: options.state), nil) }
      let origin = try StateOrigin(
        options.state, isNamed: options.isStateNamed, register: UserRegister(context.environment),
        randomness: context.randomness)
      for note in origin.notes { context.warn("podid: \(note)") }
      return (origin.folder, origin.registerFailure.map { "\($0)" })
    } catch { throw CommandFailure("\(error)") }
  }

  /// Enters the stack and writes its file, in this order: whoever sees the file finds the entry.
  ///
  /// Returns why it could not be entered, which keeps nobody from using it.
  private static func write(
    _ info: inout StackInfo, _ register: StackRegister?, _ context: CommandContext
  ) throws -> String? {
    let folder = StackFile.folder(of: info.path)
    if folder.bytes.hasSuffix("/.podid") { _ = try StateFolder(root: folder) }
    let bytes = info.fileBytes
    var failure: String?
    let own = Set(info.servers.map(\.pid))
    try StackPlace(file: info.path, own: own, context: context).write {
      do {
        info.entry = try register?.enter(info, bytes: bytes, since: context.clock.now)
        if register != nil {
          try StateSeal(info.state, context.environment).write()
          // A shell may still have what an earlier stack of this file was reached by.
          _ = try context.handedKubeconfig(info)
        }
      } catch {
        failure = "\(error)"
      }
      do { try SafeFile.write(bytes, to: info.path) } catch {
        register?.leave(info.id, path: info.path)
        throw error
      }
    }
    return failure
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

  private static func launch(
    _ service: String, plan: StackPlan, mark: String?, log: ServerLog, ready: ReadyLines,
    _ context: CommandContext
  ) throws -> ChildProcess {
    var environment = context.environment.variables.filter { !$0.key.hasPrefix("AWS_") }
    // Nobody dials its peers through a proxy.
    for name in [
      "http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY",
    ] as [ByteText] { environment[name] = nil }
    environment.merge(plan.signingVariables()) { $1 }
    if let mark { environment[MarkedProcesses.variable.bytes] = mark }
    let output = try LinePipe.make { ready.take($0) }
    let errors = try LinePipe.make(ended: { log.end() }, { log.add($0) })
    return try ChildProcess(
      [try Executables.path(of: service)] + plan.flags(of: service), environment: environment,
      output: .pipe(output), errors: .pipe(errors), ownGroup: true)
  }
}
