/// Texts that others wrote, such as names and keys, on their way to a terminal.
enum TerminalText {
  /// The text without what could steer a terminal, begin a line or turn the order of letters.
  static func visible(_ text: String) -> String {
    String(
      text.unicodeScalars.map { scalar in
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: " "
        default: Character(scalar)
        }
      })
  }
}
