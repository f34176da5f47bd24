import CommandCore
import Glibc
import JSON
import Platform

extension Command {
  /// Flags of the commands that start a stack.
  static let seedOption = Option("seed", "DIR", isRepeatable: true, "a seed folder")
  static let lifetimeOption = Option(
    "credential-lifetime", "D", "how long credentials last, such as 60s (default 6h, as AWS)")
  private static let listenOptions = StackOptions.listeners.compactMap { listener in
    listener.flag.map {
      Option($0, "HOST:PORT", "default \(listener.standard.text)")
    }
  }

  static let up = Command(
    name: "up",
    usage: "[--state DIR | --ephemeral] [--seed DIR]... [--free-ports] [--detach]",
    summary: "start a stack and keep it until Ctrl-C",
    options: [
      Option("state", "DIR", "the state folder (default ./.podid/state)"),
      Option("ephemeral", nil, "keep nothing: a temporary state folder"), seedOption,
      Option("free-ports", nil, "listen on ports that are free"),
      Option("link-local", nil, "also serve 169.254.170.23:80; see node-agent initialize"),
      Option("stack-file", "FILE", "write the stack file there (default ./.podid/stack.json)"),
      Option("detach", nil, "return once the stack is ready; podid down stops it"),
      Option("follow", nil, "tell each event as it happens"), lifetimeOption,
    ] + listenOptions, endsBySignal: false
  ) { context in try await UpCommand(context: context).run() }
}

/// `podid up`.
struct UpCommand {
  /// Tells the supervisor of a detached stack what it is; the value is random, so that it and its
  /// servers are found by it.
  private static let detachedVariable = "PODID_DETACHED"
  let context: CommandContext

  /// Runs the stack; the exit code.
  func run() async throws -> Int32 {
    let arguments = context.arguments
    if arguments.has("ephemeral"), arguments.has("state") {
      throw UsageError("podid up: --ephemeral and --state exclude each other")
    }
    if arguments.has("follow"), arguments.has("detach") {
      throw UsageError("podid up: --follow and --detach exclude each other")
    }
    let isDetached = context.environment[Self.detachedVariable] != nil
    if let text = context.environment["PODID_DETACHED_READY"], let descriptor = Int32(text) {
      _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }
    if arguments.has("detach"), !isDetached { return try await detach() }
    let isEphemeral = arguments.has("ephemeral")
    let stackFile: String
    if let file = arguments["stack-file"] {
      stackFile = try StackOptions.absolute(file)
    } else if isEphemeral {
      stackFile = ""
    } else {
      stackFile = try StackOptions.absolute(".podid/stack.json")
    }
    let options = try StackOptions(context, isEphemeral: isEphemeral)
    if !isEphemeral, !options.isStateNamed, let note = ProjectFolder(of: options.state).note {
      context.warn("podid: \(note)")
    }
    // Without a file of its own, an ephemeral stack's lies beside its state.
    let place = stackFile.isEmpty ? "\(options.folder)/stack.json" : stackFile
    try StackPlace(
      file: place, state: isEphemeral ? nil : options.state,
      isNamed: arguments["stack-file"] != nil, context: context
    ).check()
    // One that comes before the stack is up ends it at once.
    let signal = Task { await TerminationSignals.wait() }
    let stack = try await RunningStack.start(
      options, stackFile: place, register: StackRegister(context.environment), context: context)
    SignalWatch.endOrderly {
      stack.removeFile()
      return 0
    }
    if let reason = stack.registerFailure {
      context.warn(
        "podid: this user's register cannot be used (\(reason)), so the stack is found by "
          + "PODID_STACK or --stack alone, and its state by --state")
    }
    let isElsewhere =
      isEphemeral || arguments["stack-file"] != nil || stack.registerFailure != nil
    await show(stack, seeds: options.seeds, path: place, isElsewhere: isElsewhere)
    context.print("podid is ready")
    if StandardStreams.loss != nil {
      await stack.stop()
      return 0
    }
    let seal = StateSeal(stack.info.state, context.environment)
    let sealing = isEphemeral ? nil : Task { await seal.complete() }
    defer { sealing?.cancel() }
    if isDetached { leaveTerminal(stack.info) }
    let following = arguments.has("follow") ? follow(stack.info) : nil
    let (ends, end) = AsyncStream<(service: String, code: Int32)?>.makeStream()
    Task { end.yield(await stack.firstEnd()) }
    Task {
      _ = await signal.value
      end.yield(nil)
    }
    var first: (service: String, code: Int32)?
    for await happened in ends {
      first = happened
      break
    }
    following?.cancel()
    guard let ended = first else {
      await stack.stop()
      return 0
    }
    let words = stack.lastLines(of: ended.service)
    await stack.stop()
    // A server that was asked to stop takes the stack with it: that is `podid down`.
    if ended.code == 0 { return 0 }
    throw CommandFailure(
      "\(ended.service) ended with \(ended.code), so the stack is stopped. Its last lines:",
      details: words)
  }

  /// Tells each event from now on; what the seed caused is left out.
  private func follow(_ stack: StackInfo) -> Task<Void, Never> {
    let now = context.clock.now.rfc3339Milli
    let events = EventFollower(admins: context.admins(stack), reconnects: true).events()
    let lines = EventLines(context)
    let context = context
    return Task {
      for await event in events
      where (event["time"]?.string ?? "").bytes >= now.bytes && lines.isMeant(event) {
        context.print(lines.line(event))
      }
    }
  }

  private func show(
    _ stack: RunningStack, seeds: SeedChoice, path: String, isElsewhere: Bool
  ) async {
    let info = stack.info
    context.print("The stack is up. Seed: \(stack.seedReport.summary) (\(seeds.text)).")
    for (name, url) in [
      ("Kubernetes", info.kubernetesURL), ("AWS (EKS, EKS Auth, STS, IAM)", info.awsURL),
      ("S3", info.s3URL), ("Pod Identity Agent", info.agentURL),
    ] {
      context.print("  \(name)\(String(repeating: " ", count: 31 - name.count))\(url)")
    }
    // What an earlier run left in the state, or the seed set.
    for note in await StackNotes.lines(of: info, context.admins(info)) { context.print(note) }
    if let note = seeds.note(in: ".") { context.print(note) }
    if isElsewhere { context.print("export PODID_STACK=\(Mend.word(path))") }
    // Where the seed gives nobody an identity, explain says how one is given.
    let example =
      stack.account.map {
        "podid run --service-account \(Mend.word($0.text)) -- aws sts get-caller-identity"
      } ?? Mend.explain("default/default")
    context.print("Try: \(example)")
  }

  /// Starts this program again as a supervisor without a terminal, and returns once it is ready.
  private func detach() async throws -> Int32 {
    var environment = context.environment.variables
    let mark = StateOrigin.newID(context.randomness)
    environment[Self.detachedVariable.bytes] = mark
    let program = try Executables.path(of: "podid")
    let words = [program] + ProcessArguments.current()
    let (said, end) = AsyncStream<Void>.makeStream()
    let output = try LinePipe.make(
      ended: { end.finish() }, { StandardStreams.write(PrintedLine($0)) })
    var ends: [Int32] = [0, 0]
    // The supervisor closes its end of this when it is ready, or by ending.
    guard pipe(&ends) == 0 else { throw CommandFailure("no pipe") }
    let reading = ends[0]
    _ = fcntl(reading, F_SETFD, FD_CLOEXEC)
    environment["PODID_DETACHED_READY"] = "\(ends[1])"
    let supervisor = try ChildProcess(
      words, environment: environment, output: .pipe(output), ownSession: true)
    close(ends[1])
    let isReady = await withCheckedContinuation { continuation in
      Thread.run {
        var byte: UInt8 = 0
        var count = read(reading, &byte, 1)
        while count < 0 && errno == EINTR { count = read(reading, &byte, 1) }
        continuation.resume(returning: count == 1)
      }
    }
    guard isReady else {
      let code = await supervisor.end()
      // One that the kernel ended could not end its servers.
      await Leftovers.end(marked: mark, by: Self.detachedVariable, grace: .seconds(2))
      return code
    }
    // It lets go of its output when it is ready; what it said may still be on its way.
    for await _ in said {}
    // Nobody would know where the stack is.
    if StandardStreams.loss != nil { await supervisor.stop() }
    return 0
  }

  /// Lets go of the terminal: what is said from now on goes to a log of its own.
  private func leaveTerminal(_ info: StackInfo) {
    let log = "\(info.state)/logs/\(RunningStack.ownLog)"
    let file = try? SafeFile.openInPlace(log, O_WRONLY | O_APPEND)
    let null = open("/dev/null", O_RDWR | O_CLOEXEC)
    dup2(null, 0)
    dup2(null, 1)
    dup2(file ?? null, 2)
    if let text = context.environment["PODID_DETACHED_READY"], let descriptor = Int32(text) {
      var byte: UInt8 = 1
      _ = write(descriptor, &byte, 1)
      close(descriptor)
    }
  }
}
