/// Why a text is not JSON, with the byte at which that shows.
package struct JSONParseError: Error, Sendable, CustomStringConvertible {
  /// The reason, as a sentence without full stop.
  package let reason: String
  /// The byte position, counted from 0.
  package let offset: Int

  package var description: String { "\(reason) at byte \(offset)" }
}

extension JSON {
  /// Parses a complete JSON text: strict RFC 8259, UTF-8 checked, at most `depthLimit` levels, and
  /// 100,000 arrays and objects and one more every 16 bytes.
  ///
  /// Of a member that an object has twice the last value counts, unless `refusesRepeats` is set.
  package static func parse(
    _ bytes: some Collection<UInt8>, depthLimit: Int = 128, refusesRepeats: Bool = false
  ) throws(JSONParseError) -> JSON {
    var result: Result<JSON, JSONParseError>?
    let read: (UnsafeBufferPointer<UInt8>) -> Void = { buffer in
      var parser = JSONParser(text: buffer, depthLimit: depthLimit, refusesRepeats: refusesRepeats)
      result = Result { () throws(JSONParseError) in try parser.parseDocument() }
    }
    if bytes.withContiguousStorageIfAvailable(read) == nil {
      Array(bytes).withUnsafeBufferPointer(read)
    }
    guard let result else { throw JSONParseError(reason: "no storage", offset: 0) }
    return try result.get()
  }

  /// Parses a complete JSON text.
  package static func parse(
    _ text: String, depthLimit: Int = 128, refusesRepeats: Bool = false
  ) throws(JSONParseError) -> JSON {
    try parse(Array(text.utf8), depthLimit: depthLimit, refusesRepeats: refusesRepeats)
  }
}

/// A recursive-descent reader over one text.
struct JSONParser {
  let text: UnsafeBufferPointer<UInt8>
  let depthLimit: Int
  let refusesRepeats: Bool
  var position = 0
  /// How many more arrays and objects may begin: of a text that is nothing else, each byte would cost
  /// half an allocation.
  private var groupsLeft: Int

  init(text: UnsafeBufferPointer<UInt8>, depthLimit: Int, refusesRepeats: Bool = false) {
    self.text = text
    self.depthLimit = depthLimit
    self.refusesRepeats = refusesRepeats
    groupsLeft = 100_000 + text.count / 16
  }

  mutating func parseDocument() throws(JSONParseError) -> JSON {
    let value = try parseValue(depth: 0)
    skipSpace()
    guard position == text.count else { throw failure("unexpected text after the value") }
    return value
  }

  private func failure(_ reason: String) -> JSONParseError {
    JSONParseError(reason: reason, offset: position)
  }

  private var current: UInt8? { position < text.count ? text[position] : nil }

  private mutating func skipSpace() {
    while position < text.count {
      switch text[position] {
      case 0x20, 0x0A, 0x0D, 0x09: position += 1
      default: return
      }
    }
  }

  private mutating func parseValue(depth: Int) throws(JSONParseError) -> JSON {
    guard depth <= depthLimit else { throw failure("nested deeper than \(depthLimit) levels") }
    skipSpace()
    switch current {
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      guard groupsLeft > 0 else { throw failure("too many arrays and objects") }
      groupsLeft -= 1
      return current == UInt8(ascii: "[")
        ? try parseArray(depth: depth) : try parseObject(depth: depth)
    case UInt8(ascii: "\""): return .string(try parseString())
    case UInt8(ascii: "t"):
      try expect("true")
      return .bool(true)
    case UInt8(ascii: "f"):
      try expect("false")
      return .bool(false)
    case UInt8(ascii: "n"):
      try expect("null")
      return .null
    case nil: throw failure("unexpected end of text")
    case .some(UInt8(ascii: "0")...UInt8(ascii: "9")), UInt8(ascii: "-"): return try parseNumber()
    default: throw failure("unexpected character")
    }
  }

  private mutating func expect(_ word: StaticString) throws(JSONParseError) {
    let matches = word.withUTF8Buffer { word in
      position + word.count <= text.count
        && (0..<word.count).allSatisfy { text[position + $0] == word[$0] }
    }
    guard matches else { throw failure("unexpected character") }
    position += word.utf8CodeUnitCount
  }

  private mutating func parseObject(depth: Int) throws(JSONParseError) -> JSON {
    position += 1
    var object = JSONObject()
    skipSpace()
    if current == UInt8(ascii: "}") {
      position += 1
      return .object(object)
    }
    while true {
      skipSpace()
      guard current == UInt8(ascii: "\"") else { throw failure("a member name was expected") }
      let name = try parseString()
      skipSpace()
      guard current == UInt8(ascii: ":") else { throw failure("':' was expected") }
      position += 1
      let value = try parseValue(depth: depth + 1)
      let count = object.count
      object[name] = value
      guard !refusesRepeats || object.count > count else {
        throw failure("a member is there twice")
      }
      skipSpace()
      switch current {
      case UInt8(ascii: ","): position += 1
      case UInt8(ascii: "}"):
        position += 1
        return .object(object)
      case nil: throw failure("unexpected end of text")
      default: throw failure("',' or '}' was expected")
      }
    }
  }

  private mutating func parseArray(depth: Int) throws(JSONParseError) -> JSON {
    position += 1
    var elements: [JSON] = []
    skipSpace()
    if current == UInt8(ascii: "]") {
      position += 1
      return .array(elements)
    }
    while true {
      elements.append(try parseValue(depth: depth + 1))
      if elements.count == Self.long { elements.reserveCapacity(Self.long + elementsToCome) }
      skipSpace()
      switch current {
      case UInt8(ascii: ","): position += 1
      case UInt8(ascii: "]"):
        position += 1
        return .array(elements)
      case nil: throw failure("unexpected end of text")
      default: throw failure("',' or ']' was expected")
      }
    }
  }

  private mutating func parseNumber() throws(JSONParseError) -> JSON {
    let start = position
    var isInteger = true
    if current == UInt8(ascii: "-") { position += 1 }
    if current == UInt8(ascii: "0") { position += 1 } else { try skipDigits() }
    if current == UInt8(ascii: ".") {
      isInteger = false
      position += 1
      try skipDigits()
    }
    if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
      isInteger = false
      position += 1
      if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
      try skipDigits()
    }
    if isInteger, let value = integer(text[start..<position]) { return .integer(value) }
    return .number(String(decoding: text[start..<position], as: UTF8.self))
  }

  /// A number's value in 64 bits; nil beyond them, and for `-0`, whose text says more than 0.
  private func integer(_ literal: Slice<UnsafeBufferPointer<UInt8>>) -> Int64? {
    let isNegative = literal.first == UInt8(ascii: "-")
    let digits = isNegative ? literal.dropFirst() : literal
    var value: Int64 = 0
    for digit in digits {
      let (tens, overflows) = value.multipliedReportingOverflow(by: 10)
      let ones = Int64(digit - 0x30)
      let (sum, exceeds) =
        isNegative ? tens.subtractingReportingOverflow(ones) : tens.addingReportingOverflow(ones)
      if overflows || exceeds { return nil }
      value = sum
    }
    return isNegative && value == 0 ? nil : value
  }

  private mutating func skipDigits() throws(JSONParseError) {
    let start = position
    while let byte = current, UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte { position += 1 }
    guard position > start else { throw failure("a digit was expected") }
  }

  private mutating func parseString() throws(JSONParseError) -> String {
    position += 1
    let start = position
    var seen: UInt8 = 0
    while let byte = current, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
      guard byte >= 0x20 else { throw failure("control character in a string") }
      seen |= byte
      position += 1
    }
    guard current != nil else { throw failure("unexpected end of text") }
    if current == UInt8(ascii: "\"") {
      let span = UnsafeBufferPointer(rebasing: text[start..<position])
      position += 1
      // ASCII is UTF-8, and need not be looked through again.
      if seen < 0x80 { return String(decoding: span, as: UTF8.self) }
      guard let string = String(validating: span, as: UTF8.self) else {
        throw failure("a string is not UTF-8")
      }
      return string
    }
    return try parseEscapedString(from: start)
  }

  private mutating func parseEscapedString(from start: Int) throws(JSONParseError) -> String {
    var bytes = Array(text[start..<position])
    while let byte = current {
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let string = String(validating: bytes, as: UTF8.self) else {
          throw failure("a string is not UTF-8")
        }
        return string
      case UInt8(ascii: "\\"): try parseEscape(into: &bytes)
      case 0..<0x20: throw failure("control character in a string")
      default: bytes.append(byte)
      }
    }
    throw failure("unexpected end of text")
  }

  private mutating func parseEscape(into bytes: inout [UInt8]) throws(JSONParseError) {
    guard let byte = current else { throw failure("unexpected end of text") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): bytes.append(byte)
    case UInt8(ascii: "b"): bytes.append(0x08)
    case UInt8(ascii: "f"): bytes.append(0x0C)
    case UInt8(ascii: "n"): bytes.append(0x0A)
    case UInt8(ascii: "r"): bytes.append(0x0D)
    case UInt8(ascii: "t"): bytes.append(0x09)
    case UInt8(ascii: "u"): try parseUnicodeEscape(into: &bytes)
    default: throw failure("unknown escape in a string")
    }
  }

  private mutating func parseUnicodeEscape(into bytes: inout [UInt8]) throws(JSONParseError) {
    var scalar = try parseHex4()
    if 0xD800..<0xDC00 ~= scalar {
      guard position + 1 < text.count, text[position] == UInt8(ascii: "\\"),
        text[position + 1] == UInt8(ascii: "u")
      else { throw failure("half a surrogate pair in a string") }
      position += 2
      let low = try parseHex4()
      guard 0xDC00..<0xE000 ~= low else { throw failure("half a surrogate pair in a string") }
      scalar = 0x10000 + (scalar - 0xD800) << 10 + (low - 0xDC00)
    }
    guard let value = Unicode.Scalar(scalar) else {
      throw failure("half a surrogate pair in a string")
    }
    bytes.append(contentsOf: String(Character(value)).utf8)
  }

  private mutating func parseHex4() throws(JSONParseError) -> UInt32 {
    guard position + 4 <= text.count else { throw failure("unexpected end of text") }
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = Character(Unicode.Scalar(text[position])).hexDigitValue,
        text[position] < 0x80
      else { throw failure("a hexadecimal digit was expected") }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }
}
