extension Double {
  /// Reads a decimal number such as `-1.5e3`; nil for anything else, and for what is too large.
  ///
  /// `Double.init(_:)` stops at a NUL, and takes `nan`, `inf` and hexadecimal digits.
  package init?(decimal text: some StringProtocol) {
    let isDecimal = text.utf8.allSatisfy { byte in
      switch byte {
      case 0x30...0x39, UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "e"), UInt8(ascii: "E"):
        true
      default: false
      }
    }
    guard isDecimal, let value = Double(text), value.isFinite else { return nil }
    self = value
  }
}
