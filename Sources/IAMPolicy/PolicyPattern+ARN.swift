import JSON

/// ARNs as the Arn operators take them.
extension PolicyPattern {
  /// Whether a text has the six parts of an ARN, those of partition, service and resource not empty.
  static func isARN(_ text: String) -> Bool {
    var form = ARNForm()
    form.take(contentsOf: text)
    return form.isARN
  }

  /// Whether the pattern is an ARN with its variables put in, or `*`.
  ///
  /// One whose variable has no value is left to match nothing.
  func isARN(_ context: PolicyContext) -> Bool {
    if isEverything { return true }
    var form = ARNForm()
    for element in elements {
      switch element {
      case .byte(let byte): form.take(byte)
      case .anyRun: form.take(UInt8(ascii: "*"))
      case .anyOne: form.take(UInt8(ascii: "?"))
      case .variable(let key, let fallback):
        guard let value = Self.value(of: key, fallback, context) else { return true }
        guard context.take(value.utf8.count / 8 + 16) else { return false }
        form.take(contentsOf: value)
      }
      if form.isDecided { break }
    }
    return form.isARN
  }

  /// Whether an ARN matches: each of the six parts on its own, since a wildcard does not reach over
  /// a colon.
  func matches(arn: String, context: PolicyContext) -> Bool {
    if isEverything { return true }
    guard context.take(elements.count / 8 + arn.utf8.count + 4),
      let elements = resolved(context, fitting: arn.utf8.count)
    else { return false }
    let colon = UInt8(ascii: ":")
    let actual = arn.utf8.split(separator: colon, maxSplits: 5, omittingEmptySubsequences: false)
    let wanted = elements.split(maxSplits: 5, omittingEmptySubsequences: false) {
      if case .byte(colon) = $0 { true } else { false }
    }
    guard actual.count == 6, wanted.count == 6 else { return false }
    return zip(actual, wanted).allSatisfy { Self.fits($1, Array($0), false, context) }
  }
}

/// Looks at a text byte by byte, until it is known whether it is an ARN.
private struct ARNForm {
  /// The part that is read, from 0 to 5, and how many bytes of it there are.
  private var part = 0
  private var count = 0
  private var isBroken = false
  private static let scheme = Array("arn".utf8)

  /// Whether the bytes so far are an ARN.
  var isARN: Bool { part == 5 && count > 0 }
  /// Whether no further byte changes that.
  var isDecided: Bool { isBroken || isARN }

  mutating func take(contentsOf text: String) {
    for byte in text.utf8 {
      take(byte)
      if isDecided { return }
    }
  }

  mutating func take(_ byte: UInt8) {
    if byte == UInt8(ascii: ":"), part < 5 {
      // Region and account may be empty.
      isBroken = part == 0 ? count != 3 : part <= 2 && count == 0
      part += 1
      count = 0
    } else {
      isBroken = part == 0 && (count >= 3 || Self.scheme[count] != byte)
      count += 1
    }
  }
}
