import CommandCore
import JSON
import Platform

extension Command {
  static let version = Command(
    name: "version", usage: "[--json]", summary: "print the version", options: [jsonOption]
  ) { context in
    context.print(lines: versionText(context.arguments))
    return 0
  }

  /// The version, as its flags ask for it.
  static func versionText(_ arguments: CommandArguments) -> String {
    let json: JSON = ["version": .string(Version.current)]
    return arguments.has("json") ? json.text() : "podid \(Version.current)"
  }
}
