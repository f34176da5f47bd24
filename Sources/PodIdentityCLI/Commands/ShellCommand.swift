import CommandCore
import Glibc
import JSON
import Platform

extension Command {
  static let shell = Command(
    name: "shell", usage: "[--service-account [NS/]NAME]",
    summary: "open a shell that speaks to the stack, with a marked prompt",
    options: [accountOption, podVariableOption, stackOption], endsBySignal: false
  ) { context in
    let stack = try context.stack()
    SignalWatch.course = .orderly
    guard context.arguments["service-account"] != nil else {
      let variables = try ProcessVariables(stack: stack, context)
        .root(caller: context.environment.variables)
      return try await ShellCommand(variables: variables, mark: "podid", context: context).run()
    }
    let account = try context.account()
    return try await PodSession.run(as: account, pod: nil, stack: stack, context: context) {
      try await ShellCommand(variables: $0, mark: "podid \(account.text)", context: context).run()
    }
  }
}

/// `podid shell`: the user's own shell below podid, until it ends.
private struct ShellCommand {
  let variables: [ByteText: String]
  /// What the prompt begins with.
  let mark: String
  let context: CommandContext

  /// Runs it; its exit code.
  func run() async throws -> Int32 {
    let shell = context.environment.said("SHELL") ?? "/bin/sh"
    guard isatty(0) == 1 else {
      // It has no prompt, and reads none of the files that could change the variables.
      return try await Foreground.run([shell], environment: variables)
    }
    let folder = try TemporaryFolder.path(context.environment, context.randomness)
    let watch = try StackGuard(folder)
    defer { watch.dismiss() }
    try TemporaryFolder.make(folder)
    defer { TemporaryFolder.remove(folder) }
    let start = ShellStart(
      shell: shell, folder: folder, mark: mark, variables: variables,
      caller: context.environment.variables)
    for (name, text) in start.files {
      try SafeFile.write(Array(text.utf8), to: "\(folder)/\(name)")
    }
    context.print(
      "This shell speaks to the stack of \(variables["PODID_STACK"] ?? ""); exit ends it.")
    return try await Foreground.run(start.words, environment: start.environment)
  }
}
