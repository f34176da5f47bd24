import HTTP
import Platform

/// The program podid.
package enum PodIdentityCLI {
  /// Every command, in the order of the help.
  static let commands: [Command] = [
    .up, .down, .status, .reset, .run, .pod, .env, .kubeconfig, .test, .demo, .explain, .can,
    .doctor, .seed, .events, .wait, .clock, .fault, .console, .version,
  ]

  /// Runs the command of the process's arguments; its exit code.
  package static func run() async -> Int32 {
    TerminationSignals.prepare()
    let words = ProcessArguments.current()
    if words.count == 2, words[0] == StackGuard.word { return await StackGuard.run(words[1]) }
    do {
      return try await run(words)
    } catch let error as UsageError {
      StandardStreams.writeError(error.description + "\n")
      return 64
    } catch {
      StandardStreams.writeError("podid: \(error)\n")
      return 1
    }
  }

  private static func run(_ words: [String]) async throws -> Int32 {
    guard let name = words.first else {
      StandardStreams.writeError(overview)
      return 64
    }
    if ["help", "--help", "-h"].contains(name) {
      guard let topic = words.dropFirst().first else {
        StandardStreams.write(overview)
        return 0
      }
      guard let command = commands.first(where: { $0.name == topic }) else {
        throw UsageError("podid help: there is no command \"\(topic)\"; see podid help")
      }
      StandardStreams.write(command.help)
      return 0
    }
    let wanted = name == "--version" ? "version" : name
    guard let command = commands.first(where: { $0.name == wanted }) else {
      throw UsageError("podid: there is no command \"\(name)\"; see podid help")
    }
    let arguments = try CommandArguments(Array(words.dropFirst()), of: command)
    if arguments.has("help") {
      StandardStreams.write(command.help)
      return 0
    }
    if command.endsBySignal { TerminationSignals.release() }
    return try await command.body(
      CommandContext(
        arguments: arguments, environment: ProcessEnvironment.current(),
        loops: EventLoops(count: 1)))
  }

  private static var overview: String {
    var text = "podid: EKS Pod Identity on this machine\n\n"
    for command in commands {
      let padding = String(repeating: " ", count: max(2, 12 - command.name.count))
      text += "  podid \(command.name)\(padding)\(command.summary)\n"
    }
    return text + "\npodid help COMMAND shows a command's flags.\n"
  }
}
