import JSON

/// Wrong usage: one line for standard error, exit code 64.
package struct UsageError: Error, Sendable, CustomStringConvertible {
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
    "PODID_\(program)_\(row.flag)".uppercased().bytes.split(separator: "-").joined(separator: "_")
  }

  /// Reads the arguments (without the program's name) and the environment, and checks every value.
  /// - Throws: one line that names the flag, or the variable, which is wrong.
  package func parse(
    _ arguments: [String], environment: ProcessEnvironment
  ) throws(UsageError) -> Settings {
    let (flags, subcommand) = try flags(in: arguments)
    var given: [ByteText: [String]] = [:]
    for row in rows {
      var (name, values) = ("--\(row.flag)", flags[row.flag.bytes] ?? [])
      if values.isEmpty, row.hasVariable {
        name = variable(of: row)
        values = variableValues(of: row, environment[name] ?? "")
      }
      guard !values.isEmpty else { continue }
      if let objection = row.objection(to: values) { throw error("\(name) \(objection)") }
      given[row.flag.bytes] = values
    }
    return Settings(table: self, given: given, subcommand: subcommand)
  }

  /// The values by flag as they are given, and the word in front of the flags.
  private func flags(
    in arguments: [String]
  ) throws(UsageError) -> (values: [ByteText: [String]], subcommand: String?) {
    var given: [ByteText: [String]] = [:]
    var subcommand: String?
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      guard argument.bytes.hasPrefix("--") else {
        guard subcommand == nil, subcommands.contains(argument.bytes) else {
          throw error("unexpected argument \(argument)")
        }
        subcommand = argument
        continue
      }
      let parts = argument.dropFirst(2).bytes.split(
        separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let flag = parts.first, let row = rows.first(where: { $0.flag.bytes == flag.bytes })
      else {
        throw error("unknown flag \(argument.bytes.cut(at: "=").0)")
      }
      if case .toggle = row.kind {
        given[row.flag.bytes] = [parts.count > 1 ? String(parts[1]) : "true"]
        continue
      }
      guard let value = parts.count > 1 ? String(parts[1]) : rest.popFirst() else {
        throw error("--\(row.flag) needs a value (\(row.placeholder))")
      }
      guard row.isRepeatable || !given.keys.contains(row.flag.bytes) else {
        throw error("--\(row.flag) is given twice")
      }
      given[row.flag.bytes, default: []].append(value)
    }
    return (given, subcommand)
  }

  /// The values in a variable: none where it is empty, separated by commas where the row may have
  /// several.
  private func variableValues(of row: Setting, _ text: String) -> [String] {
    if row.isRepeatable { return text.bytes.split(separator: ",").map(String.init) }
    return text.isEmpty ? [] : [text]
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
      let flag = "--\(row.flag)\(value)".bytes.split(separator: "|").joined(separator: "\\|")
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
  private let given: [ByteText: [String]]
  /// The word in front of the flags, if any.
  package let subcommand: String?

  init(table: SettingsTable, given: [ByteText: [String]], subcommand: String?) {
    self.table = table
    self.given = given
    self.subcommand = subcommand
  }

  /// Whether a flag or variable gave the setting, rather than its default.
  package func isGiven(_ flag: String) -> Bool { given.keys.contains(flag.bytes) }

  /// Every value of a setting: given, or its default split at commas.
  package func strings(_ flag: String) -> [String] {
    if let values = given[flag.bytes] { return values }
    guard let row = table.rows.first(where: { $0.flag.bytes == flag.bytes }),
      let fallback = row.fallback
    else { return [] }
    return row.isRepeatable ? fallback.bytes.split(separator: ",").map(String.init) : [fallback]
  }

  /// The value of a setting.
  package func string(_ flag: String) -> String? { strings(flag).first }

  /// The value of a setting that has a default.
  /// - Throws: where neither is there, which is a mistake in the table.
  package func required(_ flag: String) throws(UsageError) -> String {
    try required(flag) { $0 }
  }

  /// The value of a setting that has a default, as `read` takes it.
  /// - Throws: where neither is there, or `read` does not take what the row's kind does: mistakes in
  ///   the table.
  package func required<Value>(
    _ flag: String, _ read: (String) -> Value?
  ) throws(UsageError) -> Value {
    guard let text = string(flag), let value = read(text) else {
      throw UsageError("\(table.program): --\(flag) has no value")
    }
    return value
  }

  /// Whether a toggle is on.
  package func isOn(_ flag: String) -> Bool { string(flag)?.bytes == "true" }

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
