import JSON
package import Platform

/// A word that a command takes as its operand, and what may follow it.
package struct Choice: Sendable {
  /// The word as it is typed.
  package let word: String
  /// What it does, as the help and completions say it.
  package let help: String
  /// What follows, where that is one of a few words.
  package var next: [Choice] = []

  /// A word, its help, and the words that may follow it; with none, anything may.
  package init(_ word: String, _ help: String, next: [Choice] = []) {
    self.word = word
    self.help = help
    self.next = next
  }
}

extension [Choice] {
  /// The lines of a help, what follows a word indented below it.
  package func lines(indent: String = "  ") -> String {
    map { choice in
      let name = "\(indent)\(choice.word)"
      let padding = String(repeating: " ", count: Swift.max(2, 36 - name.count))
      return "\(name)\(padding)\(choice.help)\n" + choice.next.lines(indent: indent + "  ")
    }.joined()
  }

  /// Refuses an operand that is none of these, or that may not follow the one before.
  package func check(_ operands: [String], of command: Command) throws(UsageError) {
    var open = self
    for operand in operands where !open.isEmpty {
      guard let found = open.first(where: { $0.word.bytes == operand.bytes }) else {
        let words = open.map(\.word)
        let rest =
          Spelling.nearest(operand, among: words).map { ", but \"\($0)\"" }
          ?? "; there are \(words.joined(separator: ", "))"
        throw UsageError(
          "podid \(command.name): there is no \"\(operand)\"\(rest): podid \(command.name) "
            + command.usage)
      }
      open = found.next
    }
  }
}
