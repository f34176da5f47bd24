/// One line for a terminal or a log: the door through which all text of podid and its servers passes.
///
/// Names, keys, messages and files are written by others. In them, what could steer a terminal, begin
/// a line or turn the order of letters is replaced by its JSON escape, such as `\u001b`: the control
/// characters of C0 and C1, DEL, Unicode's format characters (the bidirectional controls among them)
/// and its line and paragraph separators. A line of JSON stays the same JSON.
package struct PrintedLine: Sendable {
  /// The line, without its line feed.
  package private(set) var text: String

  /// A line of this text; a line feed in it is escaped too.
  package init(_ text: String) { self.text = Self.escaped(text) }

  private init(escaped text: String) { self.text = text }

  /// The lines of a text whose line feeds are our own, such as a help or indented JSON; the last
  /// may have one or not.
  package static func lines(of text: String) -> [PrintedLine] {
    var parts = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false)
    if parts.last?.isEmpty == true { parts.removeLast() }
    return parts.map { PrintedLine(String(Substring($0))) }
  }

  /// The line in an SGR rendition of a terminal (ECMA-48, 8.3.117), such as 31 for red.
  package func rendered(_ number: Int) -> PrintedLine {
    PrintedLine(escaped: "\u{1B}[\(number)m\(text)\u{1B}[0m")
  }

  /// Two texts of one line.
  package static func + (left: PrintedLine, right: PrintedLine) -> PrintedLine {
    PrintedLine(escaped: left.text + right.text)
  }

  private static func escaped(_ text: String) -> String {
    // Most lines have nothing but ASCII's printable characters.
    guard text.utf8.contains(where: { $0 < 0x20 || $0 > 0x7E }) else { return text }
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if isPlain(scalar) {
        result.append(scalar)
      } else {
        result.append(contentsOf: escape(scalar).unicodeScalars)
      }
    }
    return String(result)
  }

  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return scalar.value >= 0x20 && scalar.value != 0x7F }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: return false
    default: return true
    }
  }

  /// JSON's escape of a scalar (RFC 8259 section 7).
  private static func escape(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\n": return "\\n"
    case "\r": return "\\r"
    case "\t": return "\\t"
    default:
      return String(scalar).utf16.map { unit in
        let digits = String(unit, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
      }.joined()
    }
  }
}

extension PrintedLine: ExpressibleByStringInterpolation {
  package init(stringLiteral value: String) { self.init(value) }

  package init(stringInterpolation: StringInterpolation) {
    text = stringInterpolation.text
  }

  /// The parts of a line; other lines in it stay as they are.
  package struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var text = ""

    package init(literalCapacity: Int, interpolationCount: Int) {
      text.reserveCapacity(literalCapacity)
    }

    package mutating func appendLiteral(_ literal: String) {
      text += PrintedLine.escaped(literal)
    }

    /// Takes in another line.
    package mutating func appendInterpolation(_ line: PrintedLine) { text += line.text }

    /// Takes in a value's text, escaped.
    package mutating func appendInterpolation(_ value: some CustomStringConvertible) {
      text += PrintedLine.escaped(value.description)
    }

    /// Takes in an error's text, escaped.
    package mutating func appendInterpolation(_ error: any Error) {
      text += PrintedLine.escaped("\(error)")
    }
  }
}
