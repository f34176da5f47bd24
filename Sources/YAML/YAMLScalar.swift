import CYAML
import JSON

/// A scalar of YAML 1.1, as Go's yaml package resolves it for kubectl.
struct YAMLScalar {
  let text: String
  /// Written without quotes, so that its form decides what it is.
  let isPlain: Bool
  /// The tag that it was written with; nil where there is none.
  private let tag: String?
  private let line: Int

  /// Takes over a scalar event that begins at a line.
  init(_ event: yaml_event_t, line: Int) {
    let scalar = event.data.scalar
    let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
    text = String(decoding: bytes, as: UTF8.self)
    isPlain = scalar.style == YAML_PLAIN_SCALAR_STYLE
    tag = YAMLEvents.text(scalar.tag)
    self.line = line
  }

  /// The JSON value.
  var value: JSON {
    get throws(YAMLError) {
      guard let tag else { return try resolved }
      switch tag.bytes {
      case "tag:yaml.org,2002:str", "!": return .string(text)
      case "tag:yaml.org,2002:binary": return .string(withoutBlanks)
      default:
        guard isPlain, tag.bytes.hasPrefix("tag:yaml.org,2002:") else {
          throw YAMLError(line: line, "the tag \(tag) is not known")
        }
        return try resolved
      }
    }
  }

  /// Base64 as it may be broken into lines.
  private var withoutBlanks: String {
    String(decoding: text.utf8.filter { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }, as: UTF8.self)
  }

  private static let nulls: Set<ByteText> = ["", "~", "null", "Null", "NULL"]
  private static let trues: Set<ByteText> = [
    "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON",
  ]
  private static let falses: Set<ByteText> = [
    "n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF",
  ]
  private static let infinities: Set<ByteText> = [
    ".inf", ".Inf", ".INF", "-.inf", "-.Inf", "-.INF", "+.inf", "+.Inf", "+.INF", ".nan", ".NaN",
    ".NAN",
  ]

  private var resolved: JSON {
    get throws(YAMLError) {
      guard isPlain else { return .string(text) }
      let word = text.bytes
      if Self.nulls.contains(word) { return .null }
      if Self.trues.contains(word) { return .bool(true) }
      if Self.falses.contains(word) { return .bool(false) }
      if Self.infinities.contains(word) {
        throw YAMLError(line: line, "\(text) is no number of JSON")
      }
      guard let number = Self.number(text.utf8) else { return .string(text) }
      return number
    }
  }

  /// The number that plain text is; nil where it is none.
  private static func number(_ text: String.UTF8View) -> JSON? {
    guard text.count <= 400, let first = text.first,
      0x30...0x39 ~= first || [0x2B, 0x2D, 0x2E].contains(first)
    else { return nil }
    let digits = String(decoding: text.filter { $0 != UInt8(ascii: "_") }, as: UTF8.self)
    if let integer = integer(digits) { return .integer(integer) }
    guard isFloat(digits), let number = Double(digits), number.isFinite else { return nil }
    if let integer = Int64(exactly: number), abs(number) < 1e15 { return .integer(integer) }
    return .number("\(number)")
  }

  /// Decimal, `0x`, `0b`, `0o` and the octal of a leading 0.
  private static func integer(_ text: String) -> Int64? {
    var digits = text.utf8[...]
    var sign = ""
    if let first = digits.first, first == 0x2D || first == 0x2B {
      sign = first == 0x2D ? "-" : ""
      digits = digits.dropFirst()
    }
    func value(_ digits: Substring.UTF8View, _ radix: Int) -> Int64? {
      // `+` and `-` are no digits, which `Int64.init` would take here.
      guard let first = digits.first, first != 0x2B, first != 0x2D else { return nil }
      return Int64(sign + String(Substring(digits)), radix: radix)
    }
    for (prefix, radix) in [("0x", 16), ("0b", 2), ("0o", 8)]
    where digits.starts(with: prefix.utf8) {
      return value(digits.dropFirst(2), radix)
    }
    guard !digits.isEmpty, digits.allSatisfy({ 0x30...0x39 ~= $0 }) else { return nil }
    if digits.count > 1, digits.first == 0x30 { return value(digits, 8) }
    return value(digits, 10)
  }

  /// Digits with a point or an exponent.
  private static func isFloat(_ text: String) -> Bool {
    var hasDigit = false
    for byte in text.utf8 {
      switch byte {
      case 0x30...0x39: hasDigit = true
      case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"), UInt8(ascii: "+"),
        UInt8(ascii: "-"):
        break
      default: return false
      }
    }
    return hasDigit
  }
}
