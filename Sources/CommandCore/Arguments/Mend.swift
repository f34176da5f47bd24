import JSON

/// Words of commands that mend, as a shell takes them.
package enum Mend {
  /// A word in quotes that no character ends.
  package static func quoted(_ text: String) -> String {
    let parts = text.bytes.split(separator: "'", omittingEmptySubsequences: false)
    return "'\(parts.joined(separator: "'\\''"))'"
  }

  /// A word as it is where a shell takes it so, and else in quotes: annotations and names come from
  /// manifests that anybody may have written.
  package static func word(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { byte in
      (0x30...0x39 ~= byte) || (0x41...0x5A ~= byte) || (0x61...0x7A ~= byte)
        || "_./:@=+,-".utf8.contains(byte)
    }
    return isPlain && !text.isEmpty ? text : quoted(text)
  }

  /// The command that explains an account, for a sentence.
  package static func explain(_ account: String, pod: String? = nil) -> String {
    MendCommand.explain(account, pod: pod).text
  }
}
