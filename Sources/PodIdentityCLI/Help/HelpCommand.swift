import CommandCore
import JSON
import Platform

extension Command {
  static let help = Command(
    name: "help", usage: "[COMMAND] [--man DIR]", summary: "show the commands, or one's flags",
    options: [Option("man", "DIR", "write the manual pages into this folder")], operands: 0...1
  ) { context in
    if let folder = context.arguments["man"] {
      try write(folder)
      return 0
    }
    context.print(lines: try Help.text(context.arguments) ?? "")
    return 0
  }

  private static func write(_ folder: String) throws {
    try SafeFile.makeFolder(folder)
    for page in ManualPage.all {
      try SafeFile.write(Array(page.text.utf8), to: "\(folder)/\(page.name).1", mode: 0o644)
    }
  }
}

/// What podid says of itself.
enum Help {
  /// What `podid help` prints; nil where it writes pages.
  static func text(_ arguments: CommandArguments) throws(UsageError) -> String? {
    if arguments.has("man") { return nil }
    guard let topic = arguments.operands.first else { return overview }
    return try command(topic, asked: "podid help").helpText
  }

  /// Every command in a line.
  static var overview: String {
    var text = "podid: EKS Pod Identity on this machine\n\n"
    for command in PodIdentityCLI.commands {
      let padding = String(repeating: " ", count: max(2, 12 - command.name.count))
      text += "  podid \(command.name)\(padding)\(command.summary)\n"
    }
    return text + "\npodid help COMMAND shows a command's flags.\n"
  }

  /// The command of a name.
  static func command(_ name: String, asked: String) throws(UsageError) -> Command {
    if let found = PodIdentityCLI.commands.first(where: { $0.name.bytes == name.bytes }) {
      return found
    }
    let near = Spelling.nearest(name, among: PodIdentityCLI.commands.map(\.name))
    throw UsageError(
      "\(asked): there is no command \"\(name)\"\(near.map { ", but \"\($0)\"" } ?? "")"
        + "; see podid help")
  }
}
