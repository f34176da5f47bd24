// What podid's commands share: arguments and output, stacks and how they are started, clients of the
// servers, child processes, a pod's environment. It speaks to the servers over HTTP alone, and knows no
// command.

import Platform

/// A command of podid.
package struct Command: Sendable {
  /// A flag of a command.
  package struct Option: Sendable {
    /// The flag without its dashes, such as `seed`.
    package let flag: String
    /// What its value is called in the help; nil for a flag without one.
    package var value: String?
    /// Whether it may be given more than once; a second value is else wrong usage.
    package var isRepeatable = false
    /// What it does, in a line of the help.
    package let help: String

    /// A flag; `value` is the placeholder of its value, nil where it takes none.
    package init(_ flag: String, _ value: String?, isRepeatable: Bool = false, _ help: String) {
      self.flag = flag
      self.value = value
      self.isRepeatable = isRepeatable
      self.help = help
    }
  }

  /// The word behind `podid`.
  package let name: String
  /// What follows the name in the usage line.
  package let usage: String
  /// What it does, in a line of `podid help`.
  package let summary: String
  /// The flags that it takes, in the help's order.
  package var options: [Option] = []
  /// How many operands it takes.
  package var operands = 0...0
  /// What the operands may be, where they are some of a few words.
  package var choices: [Choice] = []
  /// Whether `-- CMD...` follows.
  package var takesCommand = false
  /// The flag with which none is needed.
  var flagWithoutCommand: String?
  /// Whether Ctrl-C and SIGTERM end it as they end any process.
  ///
  /// It holds nothing that is to be put in order. For the others ``SignalWatch`` says what they do.
  package var endsBySignal = true
  /// What it does; its exit code.
  ///
  /// An error that it throws is printed, and the exit code is 1, or 64 for wrong usage.
  package let body: @Sendable (CommandContext) async throws -> Int32

  /// A command, which most of these parts are not needed for.
  package init(
    name: String, usage: String, summary: String, options: [Option] = [],
    operands: ClosedRange<Int> = 0...0, choices: [Choice] = [], takesCommand: Bool = false,
    flagWithoutCommand: String? = nil, endsBySignal: Bool = true,
    body: @escaping @Sendable (CommandContext) async throws -> Int32
  ) {
    self.name = name
    self.usage = usage
    self.summary = summary
    self.options = options
    self.operands = operands
    self.choices = choices
    self.takesCommand = takesCommand
    self.flagWithoutCommand = flagWithoutCommand
    self.endsBySignal = endsBySignal
    self.body = body
  }

  /// The flag that most commands have.
  package static let stackOption = Option(
    "stack", "FILE", "the stack file (default: PODID_STACK, then ./.podid)")
  /// The flag that names a ServiceAccount.
  package static let accountOption = Option(
    "service-account", "[NS/]NAME", "the ServiceAccount to be")
  /// The flag that admits a variable of a pod's manifest by which programs run other code.
  package static let podVariableOption = Option(
    "pod-env", "NAME", isRepeatable: true, "take this variable from the pod's env, such as PATH")
  /// The flag for tools.
  package static let jsonOption = Option("json", nil, "print JSON")

  /// The help of the command.
  package var helpText: String {
    var text = "Usage: podid \(name) \(usage)\n\(summary)\n"
    if !choices.isEmpty { text += "\n\(choices.lines())" }
    if !options.isEmpty { text += "\n" }
    for option in options {
      let flag = "--\(option.flag)" + (option.value.map { " \($0)" } ?? "")
      let padding = String(repeating: " ", count: max(2, 34 - flag.count))
      text += "  \(flag)\(padding)\(option.help)\(option.isRepeatable ? " (repeatable)" : "")\n"
    }
    return text
  }
}
