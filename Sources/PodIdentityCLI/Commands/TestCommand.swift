import CommandCore
import JSON
import Platform

extension Command {
  static let test = Command(
    name: "test",
    usage: "[--seed DIR]... [--service-account [NS/]NAME] [--only-role ROLE] [--keep] -- CMD...",
    summary: "run a command with a stack of its own around it",
    options: [
      seedOption, accountOption, podVariableOption, lifetimeOption,
      onlyRoleOption,
      Option("any-role", nil, "with --service-account: it may call AWS as anybody"),
      Option("keep", nil, "leave the stack running afterwards; podid down stops it"),
    ], takesCommand: true, endsBySignal: false
  ) { context in
    let command = TestCommand(context: context, rule: try CallerRule(context.arguments))
    return context.arguments.has("keep") ? try await command.keep() : try await command.run()
  }
}

/// `podid test`.
private struct TestCommand {
  /// So many of a failed run's events are printed at most.
  private static let mostLines = 500
  let context: CommandContext
  /// As whom alone the command may call AWS.
  let rule: CallerRule?

  /// Runs the command in a stack that is gone afterwards, with all that the command started.
  func run() async throws -> Int32 {
    let options = try StackOptions.own(context)
    let stack = try await RunningStack.start(
      options, stackFile: "\(options.folder)/stack.json", context: context)
    SignalWatch.course = .orderly
    do {
      let code = try await run(in: stack.info, mark: stack.mark)
      await stack.endLeftovers()
      await stack.stop()
      return code
    } catch {
      await stack.endLeftovers()
      await stack.stop()
      throw error
    }
  }

  /// Runs the command in a detached stack, which stays.
  func keep() async throws -> Int32 {
    var words = [try Executables.path(of: "podid")]
    words += ["up", "--ephemeral", "--free-ports", "--detach"]
    for seed in context.arguments.all("seed") { words += ["--seed", seed] }
    if let lifetime = context.arguments["credential-lifetime"] {
      words += ["--credential-lifetime", lifetime]
    }
    let up = try await CapturedProcess.run(words, environment: context.environment.variables)
    let export = "export PODID_STACK="
    guard up.code == 0, let line = up.output.first(where: { $0.bytes.hasPrefix(export.bytes) })
    else {
      throw CommandFailure("the stack did not start", details: up.errors)
    }
    let path = String(Substring(line.utf8.dropFirst(export.utf8.count)))
    // Whatever happens to the command, it is known where the stack is.
    defer {
      context.warn(
        "podid: the stack is kept: \(export)\(Mend.word(path)); "
          + "podid down --stack \(Mend.word(path)) stops it")
    }
    return try await run(in: StackFinder(context).read(path), mark: [:])
  }

  private func run(in stack: StackInfo, mark: [ByteText: String]) async throws -> Int32 {
    // What the seed caused is no news.
    let start = context.clock.now.rfc3339Milli
    let environment = try await environment(in: stack).merging(mark) { $1 }
    let watch = rule.map { _ in CallerWatch(of: stack, since: start, context) }
    let code = try await Foreground.run(context.arguments.command, environment: environment)
    let isRight = try await isRight(watch, in: stack)
    guard code != 0 else { return isRight ? 0 : 1 }
    let lines = await EventLines(context).lines(of: stack, since: start)
    if lines.count > Self.mostLines {
      context.warn("podid: the last \(Self.mostLines) of \(lines.count) events:")
    }
    for line in lines.suffix(Self.mostLines) { context.warn(line) }
    return code
  }

  /// Whether all calls were made as the rule wants; says which were not.
  private func isRight(_ watch: CallerWatch?, in stack: StackInfo) async throws -> Bool {
    guard let watch, let rule else { return true }
    let audit = try await watch.end()
    let others = audit.calls(otherThan: rule)
    if !others.isEmpty {
      context.warn("podid: \(CallerReport.objection(to: rule)):")
      for line in CallerReport.lines(others) { context.warn(line) }
      context.warn(
        "podid: keys of the environment or of a file come before a pod's"
          + (context.arguments["only-role"] == nil ? "; --any-role allows it" : ""))
      return false
    }
    // A role that nobody has would be called as by nobody, for ever.
    if case .role(let name) = rule, audit.calls(otherThan: nil).isEmpty,
      try await RoleLookup.find(name: name, aws: context.aws(stack)) == nil
    {
      context.warn("podid: there is no role \(name), and nothing was called as it")
      return false
    }
    return true
  }

  /// The root's variables, or a pod's.
  private func environment(in stack: StackInfo) async throws -> [ByteText: String] {
    let caller = context.environment.variables
    guard context.arguments["service-account"] != nil else {
      return try ProcessVariables(stack: stack, context)
        .root(caller: caller)
    }
    let account = try context.account()
    let session = try await PodSession.open(
      account, pod: nil, stack: stack, context.access, isExplicable: context.hasStackAfterwards)
    session.warnWithoutIdentity(account, context)
    return try await session.environment(over: caller, stack: stack, context: context)
  }
}
