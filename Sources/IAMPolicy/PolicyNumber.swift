/// A number as the Numeric operators take it: an integer or a decimal, exact whatever its length.
///
/// `inf`, `nan` and hexadecimal digits are no numbers (IAM User Guide, "Numeric condition
/// operators": "integer or decimal values"), and 2^53 + 1 is another number than 2^53.
struct PolicyNumber: Equatable, Comparable {
  private let isNegative: Bool
  /// The digits in front of the point, without zeros that say nothing.
  private let whole: [UInt8]
  /// The digits behind it, likewise.
  private let fraction: [UInt8]

  /// Reads a number such as `-1.5` or `1e3`; nil for anything else, and for exponents beyond those
  /// of a double.
  init?(_ text: String) {
    var rest = text.utf8[...]
    var isNegative = false
    if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
      isNegative = sign == UInt8(ascii: "-")
      rest.removeFirst()
    }
    var whole = Array(Self.digits(&rest))
    var fraction: [UInt8] = []
    if rest.first == UInt8(ascii: ".") {
      rest.removeFirst()
      fraction = Array(Self.digits(&rest))
      guard !fraction.isEmpty else { return nil }
    }
    guard !whole.isEmpty else { return nil }
    if let mark = rest.first, mark == UInt8(ascii: "e") || mark == UInt8(ascii: "E") {
      rest.removeFirst()
      let isSmall = rest.first == UInt8(ascii: "-")
      if isSmall || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
      let digits = Self.digits(&rest)
      guard !digits.isEmpty, digits.count <= 3 else { return nil }
      let places = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
      guard places <= 308 else { return nil }
      Self.shift(&whole, &fraction, by: isSmall ? -places : places)
    }
    guard rest.isEmpty else { return nil }
    self.whole = Array(whole.drop { $0 == 0x30 })
    while fraction.last == 0x30 { fraction.removeLast() }
    self.fraction = fraction
    self.isNegative = isNegative && !(self.whole.isEmpty && fraction.isEmpty)
  }

  private static func digits(_ rest: inout Substring.UTF8View) -> Substring.UTF8View {
    let found = rest.prefix { 0x30...0x39 ~= $0 }
    rest = rest[found.endIndex...]
    return found
  }

  /// Moves the point to the right, or to the left by a negative number of places.
  private static func shift(_ whole: inout [UInt8], _ fraction: inout [UInt8], by places: Int) {
    let zeros = [UInt8](repeating: 0x30, count: abs(places))
    if places >= 0 {
      let digits = fraction + zeros
      whole += digits.prefix(places)
      fraction = Array(fraction.dropFirst(places))
    } else {
      let digits = zeros + whole
      fraction = digits.suffix(-places) + fraction
      whole = Array(digits.dropLast(-places))
    }
  }

  static func < (left: PolicyNumber, right: PolicyNumber) -> Bool {
    guard left.isNegative == right.isNegative else { return left.isNegative }
    return left.isNegative ? right.isNearer(than: left) : left.isNearer(than: right)
  }

  /// Whether the number lies nearer to 0, signs aside.
  private func isNearer(than other: PolicyNumber) -> Bool {
    if whole.count != other.whole.count { return whole.count < other.whole.count }
    if whole != other.whole { return whole.lexicographicallyPrecedes(other.whole) }
    return fraction.lexicographicallyPrecedes(other.fraction)
  }
}
