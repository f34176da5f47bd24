import CommandCore
import JSON
import Platform

/// A page of the manual (man(7)), made from a command.
struct ManualPage: Sendable {
  /// The name of its file, without the section.
  let name: String
  let text: String

  /// `podid`, and one for each command.
  static var all: [ManualPage] {
    [overview] + PodIdentityCLI.commands.map(page)
  }

  private static var overview: ManualPage {
    var text = head("podid", "EKS Pod Identity on this machine")
    text += ".SH SYNOPSIS\n.B podid\n.I COMMAND\n[\\fIFLAGS\\fR]\n.SH COMMANDS\n"
    for command in PodIdentityCLI.commands {
      text += ".TP\n.BR podid\\-\(escaped(command.name)) (1)\n\(line(command.summary))\n"
    }
    text += ".SH EXIT STATUS\n"
    for (code, meaning) in [
      ("0", "done"), ("1", "it failed, with the reason on standard error"), ("64", "wrong usage"),
      ("other", "that of the command that was run"),
    ] { text += ".TP\n.B \(code)\n\(line(meaning))\n" }
    text += ".SH ENVIRONMENT\n"
    for (name, meaning) in [
      ("PODID_STACK", "the stack file of the stack that is meant"),
      ("PODID_SEED_DIR", "the seed folder where none is named"),
      ("NO_COLOR", "where it is set and not empty, nothing is coloured"),
      ("TERM", "where it is dumb, nothing is coloured"),
    ] { text += ".TP\n.B \(name)\n\(line(meaning))\n" }
    return ManualPage(name: "podid", text: text)
  }

  private static func page(of command: Command) -> ManualPage {
    let name = "podid-\(command.name)"
    var text = head(name, command.summary)
    text += ".SH SYNOPSIS\n.B podid \(escaped(command.name))\n\(line(command.usage))\n"
    if !command.choices.isEmpty {
      text += ".SH OPERANDS\n" + operands(command.choices)
    }
    if !command.options.isEmpty { text += ".SH OPTIONS\n" }
    for option in command.options {
      let value = option.value.map { " \\fI\(escaped($0))\\fR" } ?? ""
      text += ".TP\n\\fB\\-\\-\(escaped(option.flag))\\fR\(value)\n"
      text += line(option.help + (option.isRepeatable ? " (repeatable)" : "")) + "\n"
    }
    return ManualPage(name: name, text: text + ".SH SEE ALSO\n.BR podid (1)\n")
  }

  private static func operands(_ choices: [Choice]) -> String {
    choices.map { choice in
      let inner = choice.next.isEmpty ? "" : ".RS\n\(operands(choice.next)).RE\n"
      return ".TP\n.B \(escaped(choice.word))\n\(line(choice.help))\n\(inner)"
    }.joined()
  }

  private static func head(_ name: String, _ summary: String) -> String {
    ".TH \(name.uppercased()) 1 \"\" \"podid \(Version.current)\"\n.SH NAME\n"
      + "\(escaped(name)) \\- \(escaped(summary))\n"
  }

  /// A line of text, which must not look like a request.
  private static func line(_ text: String) -> String {
    let text = escaped(text)
    return text.bytes.hasPrefix(".") || text.bytes.hasPrefix("'") ? "\\&\(text)" : text
  }

  private static func escaped(_ text: String) -> String {
    EnvironmentText.escaped(text) { byte in
      switch byte {
      case UInt8(ascii: "\\"): "\\e"
      case UInt8(ascii: "-"): "\\-"
      default: nil
      }
    }
  }
}
