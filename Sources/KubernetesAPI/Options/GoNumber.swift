/// A text that Go's strconv takes for no number.
struct GoNumberFailure: Error, CustomStringConvertible {
  let function: String
  let text: String
  let isTooLarge: Bool

  /// As Go's `strconv.NumError` says it.
  var description: String {
    "strconv.\(function): parsing \(GoText.quoted(text)): "
      + (isTooLarge ? "value out of range" : "invalid syntax")
  }
}

/// Decimal numbers as Go's strconv reads them, in base 10 and 64 bits.
enum GoNumber {
  /// `strconv.ParseInt(text, 10, 64)`: a sign is allowed.
  static func signed(_ text: String) throws(GoNumberFailure) -> Int64 {
    let first = text.utf8.first
    let hasSign = first == UInt8(ascii: "-") || first == UInt8(ascii: "+")
    try check(text.utf8.dropFirst(hasSign ? 1 : 0), of: text, "ParseInt")
    guard let value = Int64(text) else {
      throw GoNumberFailure(function: "ParseInt", text: text, isTooLarge: true)
    }
    return value
  }

  /// `strconv.ParseUint(text, 10, 64)`: digits alone.
  static func unsigned(_ text: String) throws(GoNumberFailure) -> UInt64 {
    try check(text.utf8[...], of: text, "ParseUint")
    guard let value = UInt64(text) else {
      throw GoNumberFailure(function: "ParseUint", text: text, isTooLarge: true)
    }
    return value
  }

  private static func check(
    _ digits: Substring.UTF8View, of text: String, _ function: String
  ) throws(GoNumberFailure) {
    guard !digits.isEmpty, digits.allSatisfy({ (0x30...0x39).contains($0) }) else {
      throw GoNumberFailure(function: function, text: text, isTooLarge: false)
    }
  }
}
