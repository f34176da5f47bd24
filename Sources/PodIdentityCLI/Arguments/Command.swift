// podid's commands, and the supervisor of the servers. It speaks to the servers over HTTP alone and
// imports none of them.

import Platform

/// A command of podid.
struct Command: Sendable {
  /// A flag of a command.
  struct Option: Sendable {
    let flag: String
    /// What its value is called in the help; nil for a flag without one.
    var value: String?
    var isRepeatable = false
    let help: String

    init(_ flag: String, _ value: String?, isRepeatable: Bool = false, _ help: String) {
      self.flag = flag
      self.value = value
      self.isRepeatable = isRepeatable
      self.help = help
    }
  }

  let name: String
  /// What follows the name in the usage line.
  let usage: String
  let summary: String
  var options: [Option] = []
  /// How many operands it takes.
  var operands = 0...0
  /// Whether `-- CMD...` follows.
  var takesCommand = false
  /// The flag with which none is needed.
  var flagWithoutCommand: String?
  /// Whether Ctrl-C and SIGTERM end it at once: it holds nothing that is to be put in order.
  var endsBySignal = false
  let body: @Sendable (CommandContext) async throws -> Int32

  /// The flag that most commands have.
  static let stackOption = Option(
    "stack", "FILE", "the stack file (default: PODID_STACK, then ./.podid)")
  /// The flag that names a ServiceAccount.
  static let accountOption = Option(
    "service-account", "[NS/]NAME", "the ServiceAccount to be")
  /// The flag for tools.
  static let jsonOption = Option("json", nil, "print JSON")

  /// The help of the command.
  var help: String {
    var text = "Usage: podid \(name) \(usage)\n\(summary)\n"
    if !options.isEmpty { text += "\n" }
    for option in options {
      let flag = "--\(option.flag)" + (option.value.map { " \($0)" } ?? "")
      let padding = String(repeating: " ", count: max(2, 34 - flag.count))
      text += "  \(flag)\(padding)\(option.help)\(option.isRepeatable ? " (repeatable)" : "")\n"
    }
    return text
  }
}

/// A command that did not succeed: exit code 1, with the reason.
struct CommandFailure: Error, CustomStringConvertible {
  let description: String
  /// What a server answered with; nil where it was none that refused.
  let status: Int?

  /// A failure for this reason.
  init(_ description: String, status: Int? = nil) {
    self.description = description
    self.status = status
  }
}
