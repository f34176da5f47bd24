// podid's commands, one file each, which compose what CommandCore, Explain, Doctor and Console have. It
// speaks to the servers over HTTP alone and imports none of them.

import CommandCore
import HTTP
import JSON
import Platform

/// The program podid.
package enum PodIdentityCLI {
  /// Every command, in the order of the help.
  static let commands: [Command] = [
    .up, .down, .status, .list, .reset, .run, .pod, .env, .shell, .kubeconfig, .test, .demo,
    .explain, .can, .token, .doctor, .seed, .events, .callers, .wait, .clock, .fault, .console,
    .completion, .version, .help,
  ]

  /// Prints a help, the version or wrong usage; nil where a command is to run.
  package static func answer() -> Int32? {
    let words = ProcessArguments.current()
    if isGuard(words) { return nil }
    guard let name = words.first else {
      StandardStreams.writeError(lines: Help.overview)
      return 64
    }
    do throws(UsageError) {
      guard let text = try text(of: name, words.dropFirst()) else { return nil }
      StandardStreams.write(lines: text)
      return 0
    } catch {
      StandardStreams.writeError(PrintedLine(error.description))
      FailedEnvironment.tell(words)
      return 64
    }
  }

  /// Runs the command of the process's arguments; its exit code.
  package static func run() async -> Int32 {
    TerminationSignals.prepare()
    let words = ProcessArguments.current()
    if isGuard(words) { return await StackGuard.run(words[1]) }
    SignalWatch.start()
    // Servers would stay without a stack to belong to.
    Shortage.beforeEnd { ChildProcess.endAll(grace: .seconds(2)) }
    do {
      let code = try await run(words)
      return SignalWatch.isEnding ? await SignalWatch.end() : code
    } catch  where SignalWatch.isEnding {
      return await SignalWatch.end()
    } catch let error as UsageError {
      StandardStreams.writeError(PrintedLine(error.description))
      FailedEnvironment.tell(words)
      return 64
    } catch {
      StandardStreams.writeError("podid: \(error)")
      for line in (error as? CommandFailure)?.details ?? [] {
        StandardStreams.writeError(PrintedLine(line))
      }
      FailedEnvironment.tell(words)
      return 1
    }
  }

  private static func isGuard(_ words: [String]) -> Bool {
    words.count == 2 && words[0].bytes == StackGuard.word.bytes
  }

  /// What words call for that need nothing done: the overview, a command's help, the version; nil for
  /// all others.
  private static func text(
    of name: String, _ words: ArraySlice<String>
  ) throws(UsageError) -> String? {
    let command = try command(name)
    let arguments = try CommandArguments(Array(words), of: command)
    if arguments.has("help") { return command.helpText }
    switch command.name.bytes {
    case Command.version.name.bytes: return Command.versionText(arguments)
    case Command.help.name.bytes: return try Help.text(arguments)
    default: return nil
    }
  }

  private static func command(_ name: String) throws(UsageError) -> Command {
    let others: [ByteText: String] = [
      "--version": Command.version.name, "--help": Command.help.name, "-h": Command.help.name,
    ]
    return try Help.command(others[name.bytes] ?? name, asked: "podid")
  }

  private static func run(_ words: [String]) async throws -> Int32 {
    let command = try command(words.first ?? "")
    let arguments = try CommandArguments(Array(words.dropFirst()), of: command)
    if command.endsBySignal { TerminationSignals.release() }
    let context = CommandContext(
      arguments: arguments, environment: ProcessEnvironment.current(), loops: EventLoops(count: 1))
    // What podid calls is the stack's doing, but for the pods that stand for apps.
    return try await EventOrigin.$current.withValue(.stack) { try await command.body(context) }
  }
}
