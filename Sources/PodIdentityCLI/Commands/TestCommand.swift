import Platform

extension Command {
  static let test = Command(
    name: "test", usage: "[--seed DIR]... [--service-account [NS/]NAME] [--keep] -- CMD...",
    summary: "run a command with a stack of its own around it",
    options: [
      seedOption, accountOption,
      Option("keep", nil, "leave the stack running afterwards; podid down stops it"),
    ], takesCommand: true
  ) { context in
    let command = TestCommand(context: context)
    return context.arguments.has("keep") ? try await command.keep() : try await command.run()
  }
}

/// `podid test`.
private struct TestCommand {
  /// So many of a failed run's events are printed at most.
  private static let mostLines = 500
  let context: CommandContext

  /// Runs the command in a stack that is gone afterwards, with all that the command started.
  func run() async throws -> Int32 {
    let options = try StackOptions.own(context)
    let stack = try await RunningStack.start(
      options, stackFile: "\(options.folder)/stack.json", context: context)
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
    let up = try await CapturedProcess.run(words, environment: context.environment.variables)
    let export = "export PODID_STACK="
    guard up.code == 0, let line = up.output.first(where: { $0.hasPrefix(export) }) else {
      throw CommandFailure(up.errors.joined(separator: "\n"))
    }
    let path = String(line.dropFirst(export.count))
    // Whatever happens to the command, it is known where the stack is.
    defer {
      context.warn(
        "podid: the stack is kept: \(export)\(Mend.word(path)); "
          + "podid down --stack \(Mend.word(path)) stops it")
    }
    return try await run(in: StackFinder(context).read(path), mark: [:])
  }

  private func run(in stack: StackInfo, mark: [String: String]) async throws -> Int32 {
    // What the seed caused is no news.
    let start = context.clock.now.rfc3339Milli
    let environment = try await environment(in: stack).merging(mark) { $1 }
    let code = try await Foreground.run(context.arguments.command, environment: environment)
    guard code != 0 else { return 0 }
    let lines = await EventLines(context).lines(of: stack, since: start)
    if lines.count > Self.mostLines {
      context.warn("podid: the last \(Self.mostLines) of \(lines.count) events:")
    }
    for line in lines.suffix(Self.mostLines) { context.warn(line) }
    return code
  }

  /// The root's variables, or a pod's.
  private func environment(in stack: StackInfo) async throws -> [String: String] {
    let caller = context.environment.variables
    guard context.arguments["service-account"] != nil else {
      return ProcessVariables(stack: stack).root(caller: caller)
    }
    let account = try context.account()
    let session = try await PodSession.open(account, pod: nil, stack: stack, context: context)
    session.warnWithoutIdentity(account, context)
    return try await session.environment(over: caller, stack: stack)
  }
}
