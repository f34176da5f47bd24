import JSON
package import Platform

/// The words after a command's name, checked against what the command takes.
package struct CommandArguments: Sendable {
  private var values: [ByteText: [String]] = [:]
  /// The command that they are given to.
  package let commandName: String
  /// The words that are neither flags nor their values, in order; checked by number and against the
  /// command's choices.
  package private(set) var operands: [String] = []
  /// What follows `--`.
  package private(set) var command: [String] = []

  /// Reads the words.
  package init(_ words: [String], of command: Command) throws(UsageError) {
    commandName = command.name
    var rest = words[...]
    while let word = rest.popFirst() {
      if word.bytes == "--" {
        guard command.takesCommand else {
          throw UsageError("podid \(command.name): takes no command after --")
        }
        self.command = Array(rest)
        break
      }
      guard word.bytes.hasPrefix("--") else {
        if word.bytes == "-h" {
          values["help"] = [""]
          continue
        }
        if word.bytes.hasPrefix("-"), word.utf8.count > 1 {
          throw UsageError("podid \(command.name): unknown flag \(word)")
        }
        let before = words.dropLast(rest.count + 1)
        if let error = Self.forgotten(of: command, before: before, word, rest) { throw error }
        operands.append(word)
        continue
      }
      let parts = Substring(word.utf8.dropFirst(2)).bytes.split(
        separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let flag = String(parts[0])
      if flag.bytes == "help" {
        values[flag.bytes] = [""]
        continue
      }
      guard let option = command.options.first(where: { $0.flag.bytes == flag.bytes }) else {
        let near = Spelling.nearest(flag, among: command.options.map(\.flag) + ["help"])
        throw UsageError(
          "podid \(command.name): unknown flag --\(flag)\(near.map { "; there is --\($0)" } ?? "")")
      }
      guard !has(flag) || option.isRepeatable else {
        throw UsageError("podid \(command.name): --\(flag) is given twice")
      }
      if option.value == nil {
        guard parts.count == 1 else {
          throw UsageError("podid \(command.name): --\(flag) takes no value")
        }
        values[flag.bytes] = [""]
        continue
      }
      guard let value = parts.count == 2 ? String(parts[1]) : rest.popFirst(), !value.isEmpty
      else { throw UsageError("podid \(command.name): --\(flag) needs a value") }
      values[flag.bytes, default: []].append(value)
    }
    guard !has("help") else { return }
    try command.choices.check(operands, of: command)
    guard command.operands.contains(operands.count) else {
      if operands.count > command.operands.upperBound,
        let extra = operands.dropFirst(command.operands.upperBound).first
      {
        throw UsageError("podid \(command.name): unexpected \"\(extra)\"")
      }
      throw UsageError("podid \(command.name): usage: podid \(command.name) \(command.usage)")
    }
    let isComplete = command.flagWithoutCommand.map(has) ?? false
    if command.takesCommand, self.command.isEmpty, !isComplete {
      throw UsageError(
        "podid \(command.name): needs a command: podid \(command.name) \(command.usage)")
    }
  }

  /// The error where a command's words begin without the `--` that comes before them; the user's own
  /// call with it shows what is right.
  private static func forgotten(
    of command: Command, before: ArraySlice<String>, _ word: String, _ rest: ArraySlice<String>
  ) -> UsageError? {
    let after = [word] + rest
    guard command.takesCommand, command.operands.upperBound == 0, !after.contains("--".bytes),
      !after.contains("--help".bytes), !after.contains("-h".bytes)
    else { return nil }
    let right = ["podid", command.name] + before.map(Mend.word) + ["--"] + after.map(Mend.word)
    return UsageError(
      "podid \(command.name): unexpected \"\(word)\"; a command comes after --: "
        + right.joined(separator: " "))
  }

  /// Whether a flag is given.
  package func has(_ flag: String) -> Bool { values.keys.contains(flag.bytes) }

  /// The value of a flag.
  package subscript(flag: String) -> String? { values[flag.bytes]?.last }

  /// All values of a flag.
  package func all(_ flag: String) -> [String] { values[flag.bytes] ?? [] }

  /// An address; a bad one is wrong usage.
  package func address(_ flag: String) throws(UsageError) -> HostPort? {
    guard let text = self[flag] else { return nil }
    guard let address = HostPort(text) else {
      throw UsageError("podid: --\(flag) must be HOST:PORT, not \"\(text)\"")
    }
    return address
  }
}
