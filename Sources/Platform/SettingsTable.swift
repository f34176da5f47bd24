/// Wrong usage: one line for standard error, exit code 64.
package struct UsageError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The line.
  package let description: String

  /// An error of this line.
  package init(_ description: String) { self.description = description }
}

/// The settings of one program: flags, variables, defaults, validation, help and README table.
///
/// A flag beats its variable, which beats the default.
package struct SettingsTable: Sendable {
  /// The program's name, such as `aws-api`.
  package let program: String
  /// One sentence for `--help`.
  package let summary: String
  package let rows: [Setting]
  /// Words that may stand in front of the flags, such as `initialize`.
  package let subcommands: [String]

  /// A table.
  package init(program: String, summary: String, subcommands: [String] = [], rows: [Setting]) {
    self.program = program
    self.summary = summary
    self.subcommands = subcommands
    self.rows = rows
  }

  /// The environment variable of a row, such as `PODID_AWS_API_S3_LISTEN`.
  package func variable(of row: Setting) -> String {
    "PODID_\(program)_\(row.flag)".uppercased().split(separator: "-").joined(separator: "_")
  }

  /// Reads the arguments (without the program's name) and the environment.
  package func parse(
    _ arguments: [String], environment: ProcessEnvironment
  ) throws(UsageError) -> Settings {
    var given: [String: [String]] = [:]
    var subcommand: String?
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      guard argument.hasPrefix("--") else {
        guard subcommand == nil, subcommands.contains(argument) else {
          throw error("unexpected argument \(argument)")
        }
        subcommand = argument
        continue
      }
      let parts = argument.dropFirst(2).split(
        separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let flag = parts.first, let row = rows.first(where: { $0.flag == flag }) else {
        throw error("unknown flag \(argument.prefix { $0 != "=" })")
      }
      if case .toggle = row.kind {
        given[row.flag] = [parts.count > 1 ? String(parts[1]) : "true"]
      } else {
        guard let value = parts.count > 1 ? String(parts[1]) : rest.popFirst() else {
          throw error("--\(row.flag) needs a value (\(row.placeholder))")
        }
        if row.isRepeatable {
          given[row.flag, default: []].append(value)
        } else if given[row.flag] != nil {
          throw error("--\(row.flag) is given twice")
        } else {
          given[row.flag] = [value]
        }
      }
      for value in given[row.flag] ?? [] {
        if let objection = row.objection(to: value) {
          throw error("--\(row.flag) \(objection), not \"\(value)\"")
        }
      }
    }
    try takeVariables(environment, into: &given)
    return Settings(table: self, given: given, subcommand: subcommand)
  }

  private func takeVariables(
    _ environment: ProcessEnvironment, into given: inout [String: [String]]
  ) throws(UsageError) {
    for row in rows where row.hasVariable && given[row.flag] == nil {
      let variable = variable(of: row)
      guard let text = environment[variable], !text.isEmpty else { continue }
      let values = row.isRepeatable ? text.split(separator: ",").map(String.init) : [text]
      for value in values {
        if let objection = row.objection(to: value) {
          throw error("\(variable) \(objection), not \"\(value)\"")
        }
      }
      given[row.flag] = values
    }
  }

  private func error(_ text: String) -> UsageError {
    UsageError("\(program): \(text); see \(program) --help")
  }

  /// The text of `--help`.
  package var help: String {
    let words = subcommands.isEmpty ? "" : " [\(subcommands.joined(separator: "|"))]"
    var text = "\(program): \(summary)\n\nUsage: \(program)\(words) [FLAGS]\n\n"
    for row in rows {
      text += "  --\(row.flag)\(row.placeholder.isEmpty ? "" : " ")\(row.placeholder)"
      text += row.isRepeatable ? " (repeatable)\n" : "\n"
      text += "      \(row.help)"
      if let fallback = row.fallback { text += " (default \(fallback))" }
      text += row.hasVariable ? " [\(variable(of: row))]\n" : "\n"
    }
    return text
  }

  /// The rows as a Markdown table, as the README shows them.
  package var markdown: String {
    var text = "| flag | variable | default | meaning |\n|---|---|---|---|\n"
    for row in rows {
      let value = row.placeholder.isEmpty ? "" : " " + row.placeholder
      let flag = "--\(row.flag)\(value)".split(separator: "|").joined(separator: "\\|")
      text += "| `\(flag)`\(row.isRepeatable ? " (repeatable)" : "") "
      text += "| \(row.hasVariable ? "`\(variable(of: row))`" : "-") "
      text += "| \(row.fallback.map { "`\($0)`" } ?? "-") | \(row.help) |\n"
    }
    return text
  }
}

/// The values a program runs with.
package struct Settings: Sendable {
  private let table: SettingsTable
  private let given: [String: [String]]
  /// The word in front of the flags, if any.
  package let subcommand: String?

  init(table: SettingsTable, given: [String: [String]], subcommand: String?) {
    self.table = table
    self.given = given
    self.subcommand = subcommand
  }

  /// Whether a flag or variable gave the setting, rather than its default.
  package func isGiven(_ flag: String) -> Bool { given[flag] != nil }

  /// Every value of a setting: given, or its default split at commas.
  package func strings(_ flag: String) -> [String] {
    if let values = given[flag] { return values }
    guard let row = table.rows.first(where: { $0.flag == flag }), let fallback = row.fallback
    else { return [] }
    return row.isRepeatable ? fallback.split(separator: ",").map(String.init) : [fallback]
  }

  /// The value of a setting.
  package func string(_ flag: String) -> String? { strings(flag).first }

  /// Whether a toggle is on.
  package func isOn(_ flag: String) -> Bool { string(flag) == "true" }

  /// The value of a whole-number setting.
  package func integer(_ flag: String) -> Int? { string(flag).flatMap { Int($0) } }

  /// The value of a duration setting.
  package func duration(_ flag: String) -> Duration? {
    string(flag).flatMap { Duration(text: $0) }
  }

  /// The value of an address setting.
  package func address(_ flag: String) -> HostPort? { string(flag).flatMap { HostPort($0) } }

  /// Every value of an address setting.
  package func addresses(_ flag: String) -> [HostPort] {
    strings(flag).compactMap { HostPort($0) }
  }
}
