/// Writes XML, escaping every text and attribute.
package struct XMLWriter: Sendable {
  /// The document so far.
  package private(set) var text: String

  /// An empty document; with the XML declaration where asked for.
  package init(declaration: Bool = false) {
    text = declaration ? "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" : ""
  }

  /// The document in UTF-8.
  package var bytes: [UInt8] { Array(text.utf8) }

  /// Writes an element with what `content` writes inside.
  package mutating func element(
    _ name: String, attributes: [(String, String)] = [], _ content: (inout XMLWriter) -> Void
  ) {
    open(name, attributes)
    content(&self)
    text += "</\(name)>"
  }

  /// Writes an element with text inside.
  package mutating func element(_ name: String, _ value: String) {
    open(name, [])
    text += Self.escaped(value)
    text += "</\(name)>"
  }

  /// Writes an element with text inside, or nothing for nil.
  package mutating func optional(_ name: String, _ value: String?) {
    if let value { element(name, value) }
  }

  private mutating func open(_ name: String, _ attributes: [(String, String)]) {
    text += "<\(name)"
    for (attribute, value) in attributes { text += " \(attribute)=\"\(Self.escaped(value))\"" }
    text += ">"
  }

  /// The text with markup characters as entities; control characters that XML 1.0 cannot hold are
  /// replaced by U+FFFD.
  package static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "\r": result += "&#13;"
      case "\t", "\n": result.unicodeScalars.append(scalar)
      case "\u{0}"..."\u{1F}", "\u{FFFE}"..."\u{FFFF}": result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
