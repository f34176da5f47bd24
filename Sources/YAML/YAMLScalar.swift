import CYAML
import JSON

/// A scalar of YAML 1.1, as Go's yaml package resolves it for kubectl.
struct YAMLScalar {
  let text: String
  /// Written without quotes, so that its form decides what it is.
  let isPlain: Bool
  /// Written with a tag of its own.
  private let isTagged: Bool
  private let tag: String
  private let line: Int

  /// Reads a scalar node.
  ///
  /// libyaml gives scalars without a tag the one for texts, so the source tells the two apart.
  init(_ node: UnsafeMutablePointer<yaml_node_t>, source: [Unicode.Scalar]) {
    let scalar = node.pointee.data.scalar
    let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
    text = String(decoding: bytes, as: UTF8.self)
    isPlain = scalar.style == YAML_PLAIN_SCALAR_STYLE
    tag = node.pointee.tag.map { String(cString: $0) } ?? ""
    line = Int(node.pointee.start_mark.line) + 1
    var start = source.dropFirst(Int(node.pointee.start_mark.index))
    if start.first == "&" { start = start.drop { $0 != " " }.drop { $0 == " " } }
    isTagged = start.first == "!"
  }

  /// The JSON value.
  var value: JSON {
    get throws(YAMLError) {
      switch tag {
      case "tag:yaml.org,2002:str" where !isPlain || isTagged: return .string(text)
      case "tag:yaml.org,2002:str", "": return try resolved
      case "tag:yaml.org,2002:binary": return .string(text.filter { !$0.isWhitespace })
      default:
        guard isPlain, tag.hasPrefix("tag:yaml.org,2002:") else {
          if tag == "!" { return .string(text) }
          throw YAMLError(line: line, "the tag \(tag) is not known")
        }
        return try resolved
      }
    }
  }

  private static let trues: Set<String> = [
    "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON",
  ]
  private static let falses: Set<String> = [
    "n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF",
  ]

  private var resolved: JSON {
    get throws(YAMLError) {
      guard isPlain else { return .string(text) }
      if ["", "~", "null", "Null", "NULL"].contains(text) { return .null }
      if Self.trues.contains(text) { return .bool(true) }
      if Self.falses.contains(text) { return .bool(false) }
      if let integer = Self.integer(text) { return .integer(integer) }
      if [".inf", ".Inf", ".INF", "-.inf", "+.inf", ".nan", ".NaN", ".NAN"].contains(text) {
        throw YAMLError(line: line, "\(text) is no number of JSON")
      }
      if Self.isFloat(text), let number = Double(text.filter { $0 != "_" }), number.isFinite {
        if number.rounded() == number, abs(number) < 1e15 { return .integer(Int64(number)) }
        return .number("\(number)")
      }
      return .string(text)
    }
  }

  /// Decimal, `0x`, `0b`, `0o` and the octal of a leading 0.
  private static func integer(_ text: String) -> Int64? {
    var digits = text.filter { $0 != "_" }[...]
    guard let first = digits.utf8.first, 0x30...0x39 ~= first || first == 0x2D || first == 0x2B
    else { return nil }
    var sign = ""
    if first == 0x2D || first == 0x2B {
      sign = first == 0x2D ? "-" : ""
      digits = digits.dropFirst()
    }
    for (prefix, radix) in [("0x", 16), ("0b", 2), ("0o", 8)] where digits.hasPrefix(prefix) {
      return Int64(sign + digits.dropFirst(2), radix: radix)
    }
    guard !digits.isEmpty, digits.utf8.allSatisfy({ 0x30...0x39 ~= $0 }) else { return nil }
    if digits.count > 1, digits.first == "0" { return Int64(sign + digits, radix: 8) }
    return Int64(sign + digits)
  }

  /// Digits with a point or an exponent.
  private static func isFloat(_ text: String) -> Bool {
    var hasDigit = false
    for byte in text.utf8 {
      switch byte {
      case 0x30...0x39: hasDigit = true
      case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"), UInt8(ascii: "+"),
        UInt8(ascii: "-"), UInt8(ascii: "_"):
        break
      default: return false
      }
    }
    return hasDigit && text.utf8.first != UInt8(ascii: "_")
  }
}
