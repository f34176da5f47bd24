/// A command that mends something: its words, and what whoever runs it should know beforehand.
package struct MendCommand: Sendable {
  /// The words, as a shell takes them.
  package let text: String
  /// Whether it runs kubectl or the aws CLI, which find the stack by the variables of `podid env`.
  package let needsEnvironment: Bool
  /// Whether what was made in the stack is lost by it.
  package let losesStack: Bool

  private init(_ text: String, needsEnvironment: Bool = false, losesStack: Bool = false) {
    self.text = text
    self.needsEnvironment = needsEnvironment
    self.losesStack = losesStack
  }

  /// A command of podid.
  package static func podid(_ words: String, losesStack: Bool = false) -> MendCommand {
    MendCommand("podid \(words)", losesStack: losesStack)
  }

  /// A command of kubectl.
  package static func kubectl(_ words: String) -> MendCommand {
    MendCommand("kubectl \(words)", needsEnvironment: true)
  }

  /// A command of the aws CLI.
  package static func aws(_ words: String) -> MendCommand {
    MendCommand("aws \(words)", needsEnvironment: true)
  }

  /// Another command, which knows no stack or finds it by itself.
  package static func shell(_ words: String) -> MendCommand { MendCommand(words) }

  /// Explains an account, with an existing pod where one is named.
  package static func explain(_ account: String, pod: String? = nil) -> MendCommand {
    .podid(
      "explain --service-account \(Mend.word(account))"
        + (pod.map { " --pod \(Mend.word($0))" } ?? ""))
  }

  /// Commands of which each needs the one before.
  package static func all(_ commands: MendCommand?...) -> MendCommand { all(commands) }

  /// Commands of which each needs the one before.
  package static func all(_ commands: [MendCommand?]) -> MendCommand {
    joined(commands.compactMap { $0 }, by: " && ")
  }

  /// Commands of which each reads what the one before prints.
  package static func piped(_ commands: [MendCommand]) -> MendCommand {
    joined(commands, by: " | ")
  }

  private static func joined(_ commands: [MendCommand], by separator: String) -> MendCommand {
    MendCommand(
      commands.map(\.text).joined(separator: separator),
      needsEnvironment: commands.contains(where: \.needsEnvironment),
      losesStack: commands.contains(where: \.losesStack))
  }
}
