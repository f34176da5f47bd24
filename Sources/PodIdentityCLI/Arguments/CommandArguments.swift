import Platform

/// The words after a command's name, checked against what the command takes.
struct CommandArguments: Sendable {
  private var values: [String: [String]] = [:]
  /// The command that they are given to.
  let commandName: String
  private(set) var operands: [String] = []
  /// What follows `--`.
  private(set) var command: [String] = []

  /// Reads the words.
  init(_ words: [String], of command: Command) throws(UsageError) {
    commandName = command.name
    var rest = words[...]
    while let word = rest.popFirst() {
      if word == "--" {
        guard command.takesCommand else {
          throw UsageError("podid \(command.name): takes no command after --")
        }
        self.command = Array(rest)
        break
      }
      guard word.hasPrefix("--") else {
        if word == "-h" {
          values["help"] = [""]
          continue
        }
        if word.hasPrefix("-"), word.count > 1 {
          throw UsageError("podid \(command.name): unknown flag \(word)")
        }
        operands.append(word)
        continue
      }
      let parts = word.dropFirst(2).split(
        separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let flag = String(parts[0])
      if flag == "help" {
        values[flag] = [""]
        continue
      }
      guard let option = command.options.first(where: { $0.flag == flag }) else {
        throw UsageError("podid \(command.name): unknown flag --\(flag)")
      }
      guard values[flag] == nil || option.isRepeatable else {
        throw UsageError("podid \(command.name): --\(flag) is given twice")
      }
      if option.value == nil {
        guard parts.count == 1 else {
          throw UsageError("podid \(command.name): --\(flag) takes no value")
        }
        values[flag] = [""]
        continue
      }
      guard let value = parts.count == 2 ? String(parts[1]) : rest.popFirst(), !value.isEmpty
      else { throw UsageError("podid \(command.name): --\(flag) needs a value") }
      values[flag, default: []].append(value)
    }
    guard !has("help") else { return }
    guard command.operands.contains(operands.count) else {
      if operands.count > command.operands.upperBound, let extra = operands.last {
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

  /// Whether a flag is given.
  func has(_ flag: String) -> Bool { values[flag] != nil }

  /// The value of a flag.
  subscript(flag: String) -> String? { values[flag]?.last }

  /// All values of a flag.
  func all(_ flag: String) -> [String] { values[flag] ?? [] }

  /// An address; a bad one is wrong usage.
  func address(_ flag: String) throws(UsageError) -> HostPort? {
    guard let text = self[flag] else { return nil }
    guard let address = HostPort(text) else {
      throw UsageError("podid: --\(flag) must be HOST:PORT, not \"\(text)\"")
    }
    return address
  }
}

/// A ServiceAccount as people name it.
struct AccountName: Sendable, Hashable {
  let namespace: String
  let name: String

  /// The one of these parts.
  init(namespace: String, name: String) {
    self.namespace = namespace
    self.name = name
  }

  /// Reads `[NS/]NAME`, of a ServiceAccount or of something else in a namespace.
  init(_ text: String, of kind: String = "ServiceAccount") throws(UsageError) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard (1...2).contains(parts.count), !parts.contains("") else {
      throw UsageError("podid: a \(kind) is named [NAMESPACE/]NAME, not \"\(text)\"")
    }
    namespace = parts.count == 2 ? parts[0] : "default"
    name = parts[parts.count - 1]
  }

  /// `namespace/name`.
  var text: String { "\(namespace)/\(name)" }
}
