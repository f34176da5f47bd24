/// How a JSON text is laid out.
package struct JSONWritingOptions: OptionSet, Sendable {
  package let rawValue: Int
  package init(rawValue: Int) { self.rawValue = rawValue }

  /// Members in ascending byte order of their names, at every level.
  package static let sortedNames = JSONWritingOptions(rawValue: 1)
  /// `<`, `>` and `&` as `\u003c`, `\u003e` and `\u0026`, and U+2028/9 escaped, as Go's encoder does.
  package static let escapedHTML = JSONWritingOptions(rawValue: 2)
  /// Two-space indents and a blank after each colon.
  package static let indented = JSONWritingOptions(rawValue: 4)
}

extension JSON {
  /// The value as a JSON text; compact unless told otherwise, `/` never escaped.
  package func text(_ options: JSONWritingOptions = []) -> String {
    String(decoding: bytes(options), as: UTF8.self)
  }

  /// The value as a JSON text in UTF-8.
  package func bytes(_ options: JSONWritingOptions = []) -> [UInt8] {
    var writer = JSONWriter(options: options)
    writer.write(self, indent: 0)
    return writer.bytes
  }
}

struct JSONWriter {
  let options: JSONWritingOptions
  var bytes: [UInt8] = []

  init(options: JSONWritingOptions) {
    self.options = options
    bytes.reserveCapacity(512)
  }

  mutating func write(_ value: JSON, indent: Int) {
    switch value {
    case .null: append("null")
    case .bool(let value): append(value ? "true" : "false")
    case .integer(let value): append(String(value))
    case .number(let text): append(text)
    case .string(let text): writeString(text)
    case .array(let elements): writeArray(elements, indent: indent)
    case .object(let object):
      writeObject(options.contains(.sortedNames) ? object.sorted() : object, indent: indent)
    }
  }

  private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

  private mutating func newLine(_ indent: Int) {
    guard options.contains(.indented) else { return }
    bytes.append(0x0A)
    bytes.append(contentsOf: repeatElement(0x20, count: indent * 2))
  }

  private mutating func writeArray(_ elements: [JSON], indent: Int) {
    bytes.append(UInt8(ascii: "["))
    for (position, element) in elements.enumerated() {
      if position > 0 { bytes.append(UInt8(ascii: ",")) }
      newLine(indent + 1)
      write(element, indent: indent + 1)
    }
    if !elements.isEmpty { newLine(indent) }
    bytes.append(UInt8(ascii: "]"))
  }

  private mutating func writeObject(_ object: JSONObject, indent: Int) {
    bytes.append(UInt8(ascii: "{"))
    for (position, member) in object.enumerated() {
      if position > 0 { bytes.append(UInt8(ascii: ",")) }
      newLine(indent + 1)
      writeString(member.name)
      bytes.append(UInt8(ascii: ":"))
      if options.contains(.indented) { bytes.append(0x20) }
      write(member.value, indent: indent + 1)
    }
    if !object.isEmpty { newLine(indent) }
    bytes.append(UInt8(ascii: "}"))
  }

  private mutating func writeString(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    var text = text
    text.withUTF8 { utf8 in
      var run = 0
      for position in utf8.indices {
        let byte = utf8[position]
        guard mustEscape(byte, at: position, in: utf8) else { continue }
        bytes.append(contentsOf: utf8[run..<position])
        run = position + 1
        if byte == 0xE2 {
          append(utf8[position + 2] == 0xA8 ? "\\u2028" : "\\u2029")
          run = position + 3
        } else {
          writeEscape(byte)
        }
      }
      bytes.append(contentsOf: utf8[run...])
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private func mustEscape(
    _ byte: UInt8, at position: Int, in utf8: UnsafeBufferPointer<UInt8>
  ) -> Bool {
    switch byte {
    case 0..<0x20, UInt8(ascii: "\""), UInt8(ascii: "\\"): return true
    case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"):
      return options.contains(.escapedHTML)
    case 0xE2:
      return options.contains(.escapedHTML) && utf8[position + 1] == 0x80
        && (utf8[position + 2] == 0xA8 || utf8[position + 2] == 0xA9)
    default: return false
    }
  }

  private mutating func writeEscape(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""): append("\\\"")
    case UInt8(ascii: "\\"): append("\\\\")
    case 0x0A: append("\\n")
    case 0x0D: append("\\r")
    case 0x09: append("\\t")
    default:
      let digits = Array("0123456789abcdef".utf8)
      append("\\u00")
      bytes.append(digits[Int(byte >> 4)])
      bytes.append(digits[Int(byte & 15)])
    }
  }
}
