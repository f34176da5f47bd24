/// What Go's decoder says about a text that is not JSON.
///
/// AWS's agent and kube-apiserver show these texts to their callers (Go `encoding/json/scanner.go`).
package struct GoJSONScanner {
  private struct Objection: Error {
    let text: String
  }
  private let bytes: [UInt8]
  private var position = 0
  private var depth = 0

  /// The objection to a text; nil where Go takes it.
  package static func objection(to bytes: [UInt8]) -> String? {
    var scanner = GoJSONScanner(bytes: bytes)
    do throws(Objection) {
      try scanner.value()
      scanner.blanks()
      if scanner.position < bytes.count { throw scanner.invalid("after top-level value") }
      return nil
    } catch { return error.text }
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func blanks() {
    while let byte = current, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D {
      position += 1
    }
  }

  private func invalid(_ context: String) -> Objection {
    guard let byte = current else { return Objection(text: "unexpected end of JSON input") }
    let shown: String
    switch byte {
    case UInt8(ascii: "'"): shown = #"'\''"#
    case UInt8(ascii: "\""): shown = #"'"'"#
    case UInt8(ascii: "\\"): shown = #"'\\'"#
    case 0x0A: shown = #"'\n'"#
    case 0x0D: shown = #"'\r'"#
    case 0x09: shown = #"'\t'"#
    case 0x20..<0x7F: shown = "'\(Character(UnicodeScalar(byte)))'"
    case ..<0x20, 0x7F: shown = "'\\x\(Self.hex(byte))'"
    // Go shows the byte as the character of that number.
    case 0x80..<0xA0, 0xAD: shown = "'\\u00\(Self.hex(byte))'"
    default: shown = "'\(Character(UnicodeScalar(byte)))'"
    }
    return Objection(text: "invalid character \(shown) \(context)")
  }

  private static func hex(_ byte: UInt8) -> String {
    let text = String(byte, radix: 16)
    return text.count == 1 ? "0\(text)" : text
  }

  private mutating func value() throws(Objection) {
    blanks()
    switch current {
    case UInt8(ascii: "{"): try object()
    case UInt8(ascii: "["): try array()
    case UInt8(ascii: "\""): try string()
    case UInt8(ascii: "t"): try literal("true")
    case UInt8(ascii: "f"): try literal("false")
    case UInt8(ascii: "n"): try literal("null")
    case let byte? where byte == UInt8(ascii: "-") || 0x30...0x39 ~= byte: try number()
    default: throw invalid("looking for beginning of value")
    }
  }

  private mutating func enter() throws(Objection) {
    depth += 1
    // Go's limit is 10,000; ours keeps the stack of a thread that may be small.
    if depth > 1000 { throw Objection(text: "exceeded max depth") }
    position += 1
  }

  private mutating func object() throws(Objection) {
    try enter()
    blanks()
    if current == UInt8(ascii: "}") {
      position += 1
      depth -= 1
      return
    }
    while true {
      blanks()
      guard current == UInt8(ascii: "\"") else {
        throw invalid("looking for beginning of object key string")
      }
      try string()
      blanks()
      guard current == UInt8(ascii: ":") else { throw invalid("after object key") }
      position += 1
      try value()
      blanks()
      if current == UInt8(ascii: "}") { break }
      guard current == UInt8(ascii: ",") else { throw invalid("after object key:value pair") }
      position += 1
    }
    position += 1
    depth -= 1
  }

  private mutating func array() throws(Objection) {
    try enter()
    blanks()
    if current == UInt8(ascii: "]") {
      position += 1
      depth -= 1
      return
    }
    while true {
      try value()
      blanks()
      if current == UInt8(ascii: "]") { break }
      guard current == UInt8(ascii: ",") else { throw invalid("after array element") }
      position += 1
    }
    position += 1
    depth -= 1
  }

  private mutating func string() throws(Objection) {
    position += 1
    while let byte = current {
      if byte == UInt8(ascii: "\"") {
        position += 1
        return
      }
      guard byte >= 0x20 else { throw invalid("in string literal") }
      position += 1
      guard byte == UInt8(ascii: "\\") else { continue }
      guard let escape = current, "bfnrt\\/\"u".utf8.contains(escape) else {
        throw invalid("in string escape code")
      }
      position += 1
      guard escape == UInt8(ascii: "u") else { continue }
      for _ in 0..<4 {
        guard let digit = current, Character(UnicodeScalar(digit)).isHexDigit else {
          throw invalid("in \\u hexadecimal character escape")
        }
        position += 1
      }
    }
    throw invalid("")
  }

  private mutating func literal(_ text: String) throws(Objection) {
    for byte in text.utf8 {
      guard current == byte else {
        let expected = Character(UnicodeScalar(byte))
        throw invalid("in literal \(text) (expecting '\(expected)')")
      }
      position += 1
    }
  }

  private mutating func digits() -> Int {
    let start = position
    while let byte = current, 0x30...0x39 ~= byte { position += 1 }
    return position - start
  }

  private mutating func number() throws(Objection) {
    if current == UInt8(ascii: "-") { position += 1 }
    if current == UInt8(ascii: "0") {
      position += 1
    } else if digits() == 0 {
      throw invalid("in numeric literal")
    }
    if current == UInt8(ascii: ".") {
      position += 1
      if digits() == 0 { throw invalid("after decimal point in numeric literal") }
    }
    if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
      position += 1
      if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
      if digits() == 0 { throw invalid("in exponent of numeric literal") }
    }
  }
}
