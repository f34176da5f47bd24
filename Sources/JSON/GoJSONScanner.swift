/// What Go's decoder says about a text that is not JSON.
///
/// AWS's agent and kube-apiserver show these texts to their callers (Go `encoding/json/scanner.go`).
package struct GoJSONScanner {
  private struct Objection: Error {
    let text: String
    /// Whether more text could have gone on well.
    let isAtEnd: Bool
  }
  private static let maximumDepth = 10_000
  private let bytes: [UInt8]
  private var position = 0

  /// The objection to a text; nil where Go takes it.
  package static func objection(to bytes: [UInt8]) -> String? { found(in: bytes)?.text }

  /// Whether all that Go objects to is that a text ends too soon: a decoder of a stream waits for more.
  package static func isUnfinished(_ bytes: [UInt8]) -> Bool { found(in: bytes)?.isAtEnd ?? false }

  private static func found(in bytes: [UInt8]) -> Objection? {
    var scanner = GoJSONScanner(bytes: bytes)
    do throws(Objection) {
      try scanner.value()
      scanner.blanks()
      if scanner.position < bytes.count { throw scanner.invalid("after top-level value") }
      return nil
    } catch { return error }
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func blanks() {
    while let byte = current, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D {
      position += 1
    }
  }

  /// `ending` is what stands where the text has ended; nothing between values.
  private func invalid(_ context: String, ending: UInt8? = nil) -> Objection {
    guard let byte = current ?? ending else {
      return Objection(text: "unexpected end of JSON input", isAtEnd: true)
    }
    let shown: String
    switch byte {
    case UInt8(ascii: "'"): shown = #"'\''"#
    case UInt8(ascii: "\""): shown = #"'"'"#
    case UInt8(ascii: "\\"): shown = #"'\\'"#
    // Those that Go's `strconv.Quote` has letters for.
    case 0x07...0x0D:
      shown = "'\\\(Character(UnicodeScalar(Array("abtnvfr".utf8)[Int(byte) - 7])))'"
    case 0x20..<0x7F: shown = "'\(Character(UnicodeScalar(byte)))'"
    case ..<0x20, 0x7F: shown = "'\\x\(Self.hex(byte))'"
    // Go shows the byte as the character of that number.
    case 0x80..<0xA0, 0xAD: shown = "'\\u00\(Self.hex(byte))'"
    default: shown = "'\(Character(UnicodeScalar(byte)))'"
    }
    return Objection(text: "invalid character \(shown) \(context)", isAtEnd: current == nil)
  }

  /// Within a literal, a number or an escape Go takes the text's end for a blank.
  private func broken(_ context: String) -> Objection { invalid(context, ending: 0x20) }

  private static func hex(_ byte: UInt8) -> String {
    let text = String(byte, radix: 16)
    return text.utf8.count == 1 ? "0\(text)" : text
  }

  /// A value with all that it holds; without recursion, for a thread's stack may be small.
  private mutating func value() throws(Objection) {
    var open: [UInt8] = []
    while true {
      if try opening() {
        guard open.count < Self.maximumDepth else { throw invalid("exceeded max depth") }
        let byte = bytes[position]
        position += 1
        blanks()
        guard current != byte + 2 else {
          position += 1
          guard try closing(&open) else { return }
          continue
        }
        open.append(byte)
        if byte == UInt8(ascii: "{") { try key() }
      } else {
        guard try closing(&open) else { return }
      }
    }
  }

  /// Whether an object or a list begins here; any other value is passed over.
  private mutating func opening() throws(Objection) -> Bool {
    blanks()
    switch current {
    case UInt8(ascii: "{"), UInt8(ascii: "["): return true
    case UInt8(ascii: "\""): try string()
    case UInt8(ascii: "t"): try literal("true")
    case UInt8(ascii: "f"): try literal("false")
    case UInt8(ascii: "n"): try literal("null")
    case let byte? where byte == UInt8(ascii: "-") || 0x30...0x39 ~= byte: try number()
    default: throw invalid("looking for beginning of value")
    }
    return false
  }

  /// Goes on behind a value, to the next one of what is open; false where all is closed.
  private mutating func closing(_ open: inout [UInt8]) throws(Objection) -> Bool {
    while let byte = open.last {
      blanks()
      // The closing bracket is two behind the opening one in ASCII, of both kinds.
      if current == byte + 2 {
        position += 1
        open.removeLast()
        continue
      }
      let isObject = byte == UInt8(ascii: "{")
      guard current == UInt8(ascii: ",") else {
        throw invalid(isObject ? "after object key:value pair" : "after array element")
      }
      position += 1
      if isObject { try key() }
      return true
    }
    return false
  }

  private mutating func key() throws(Objection) {
    blanks()
    guard current == UInt8(ascii: "\"") else {
      throw invalid("looking for beginning of object key string")
    }
    try string()
    blanks()
    guard current == UInt8(ascii: ":") else { throw invalid("after object key") }
    position += 1
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
        throw broken("in string escape code")
      }
      position += 1
      guard escape == UInt8(ascii: "u") else { continue }
      for _ in 0..<4 {
        guard let digit = current, Character(UnicodeScalar(digit)).isHexDigit else {
          throw broken("in \\u hexadecimal character escape")
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
        throw broken("in literal \(text) (expecting '\(expected)')")
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
      throw broken("in numeric literal")
    }
    if current == UInt8(ascii: ".") {
      position += 1
      if digits() == 0 { throw broken("after decimal point in numeric literal") }
    }
    if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
      position += 1
      if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
      if digits() == 0 { throw broken("in exponent of numeric literal") }
    }
  }
}
