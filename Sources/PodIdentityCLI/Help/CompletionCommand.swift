import CommandCore
import JSON
import Platform

extension Command {
  private static let completionUsage = "bash | zsh | fish | values FLAG"

  static let completion = Command(
    name: "completion", usage: completionUsage,
    summary: "print what lets a shell complete podid's words", operands: 1...2,
    choices: [
      Choice("bash", "eval \"$(podid completion bash)\", or a file in share/bash-completion"),
      Choice("zsh", "eval \"$(podid completion zsh)\" after compinit, or a file _podid in fpath"),
      Choice("fish", "podid completion fish | source, or a file in vendor_completions.d"),
      Choice(
        "values", "what those ask for: the values of a flag, in the running stack",
        next: [
          Choice("service-account", "the ServiceAccounts"),
          Choice("operation", "the operations that events have"),
          Choice("outcome", "the outcomes that events have"),
        ]),
    ]
  ) { context in
    let commands = PodIdentityCLI.commands
    let operands = context.arguments.operands
    guard (operands.count == 2) == (operands[0].bytes == "values") else {
      throw UsageError("podid completion: usage: podid completion \(completionUsage)")
    }
    if operands.count == 2 {
      for value in await FlagValues(flag: operands[1], context: context).words() {
        context.print(PrintedLine(value))
      }
      return 0
    }
    context.print(lines: completionScript(operands[0], commands))
    return 0
  }

  /// The completion of a shell.
  static func completionScript(_ shell: String, _ commands: [Command]) -> String {
    switch shell.bytes {
    case "bash": BashCompletion.script(commands)
    case "zsh": ZshCompletion.script(commands)
    default: FishCompletion.script(commands)
    }
  }
}

extension Command.Option {
  /// What a value of the flag can be, as far as its name says so.
  enum Values {
    case folders, files, anything
    case words([String])
    /// What `podid completion values` tells of the flag.
    case asked
  }

  /// What the value can be; nil for a flag without one.
  var values: Values? {
    guard let value else { return nil }
    if FlagValues.flags.contains(flag.bytes) { return .asked }
    switch value.bytes {
    case "DIR": return .folders
    case "FILE": return .files
    default:
      let words = value.bytes.split(separator: "|").map(String.init)
      let isChoice = words.count > 1 && words.allSatisfy { $0.bytes == $0.bytes.asciiLowercased }
      return isChoice ? .words(words) : .anything
    }
  }
}
