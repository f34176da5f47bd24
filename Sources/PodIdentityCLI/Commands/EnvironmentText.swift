import CommandCore
import JSON
import Platform

/// The forms in which variables are printed.
enum EnvironmentText {
  case shell, dotenv, json

  /// The form of this name.
  init?(_ name: String) {
    switch name.bytes {
    case "shell": self = .shell
    case "dotenv": self = .dotenv
    case "json": self = .json
    default: return nil
    }
  }

  /// Whether the form can name a variable.
  func canName(_ name: String) -> Bool {
    switch self {
    case .json: true
    case .dotenv: PodVariables.isIdentifier(name)
    case .shell: PodVariables.isIdentifier(name) && !ShellNames.areTaken(name)
    }
  }

  /// Whether all readers of the form take a value as it is.
  func canSay(_ value: String) -> Bool { self != .dotenv || Self.dotenvValue(value) != nil }

  /// The variables, a line each, or an object; those that the form cannot name or say are left out.
  func text(_ variables: [(String, String)]) -> String {
    let variables = variables.filter { canName($0.0) }
    switch self {
    case .shell:
      return variables.map { "export \($0.0)=\(Self.shellWord($0.1))" }.joined(separator: "\n")
    case .dotenv:
      return variables.compactMap { name, value in
        Self.dotenvValue(value).map { "\(name)=\($0)" }
      }.joined(separator: "\n")
    case .json: return JSONObjectText.text(variables)
    }
  }

  /// Prints a text of this form: JSON has escapes of its own, the others must stay as they are.
  func print(_ text: String) {
    if self == .json {
      StandardStreams.write(lines: text)
    } else {
      StandardStreams.write(data: text)
    }
  }

  /// A word of a POSIX shell (XCU 2.2.2), in which nothing is expanded.
  static func shellWord(_ text: String) -> String {
    "'" + escaped(text) { $0 == UInt8(ascii: "'") ? "'\\''" : nil } + "'"
  }

  /// A value of a dotenv file, on one line, as python-dotenv, Docker Compose, dotenv of Node and a
  /// shell read it; nil where there is no spelling that they agree on.
  ///
  /// In double quotes they expand `$`, and a shell runs what stands in backquotes; escapes are not the
  /// same to them. In single quotes all is as it stands, but for python-dotenv, which expands `${X}`
  /// there too, and takes a backslash from `\\` and `\'`. A line feed is `\n`, since some readers go by
  /// lines, and the second line of a value would be a variable of its own; a shell reads two
  /// characters.
  private static func dotenvValue(_ text: String) -> String? {
    func has(_ characters: String) -> Bool {
      text.utf8.contains { characters.utf8.contains($0) }
    }
    if !has("$`\"\\\n\r") { return "\"\(text)\"" }
    if has("\n\r"), !has("$`\"\\") {
      return "\""
        + escaped(text) { byte in
          switch byte {
          case 0x0A: "\\n"
          case 0x0D: "\\r"
          default: nil
          }
        } + "\""
    }
    let isLiteral =
      !has("'\n\r") && !text.bytes.contains("${") && !text.bytes.contains("\\\\")
      && text.utf8.last != UInt8(ascii: "\\")
    return isLiteral ? "'\(text)'" : nil
  }

  /// The text with some of its bytes replaced: by bytes, for a combining mark behind a quote makes
  /// one `Character` of both.
  static func escaped(_ text: String, _ escape: (UInt8) -> String?) -> String {
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      if let escape = escape(byte) {
        bytes.append(contentsOf: escape.utf8)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
