/// A number as the Numeric operators take it: a decimal, exact whatever its size.
///
/// The forms are those of Java's BigDecimal, as recorded from AWS: `1`, `01`, `+1`, `1.`, `.5` and
/// `1e0` are numbers; `inf`, `NaN` and hexadecimal digits are not, and 2^53 + 1 is another number
/// than 2^53. Its digits are never written out, so `1e999999999` costs no more than its length.
struct PolicyNumber: Equatable {
  private let isNegative: Bool
  /// The digits, without zeros in front and behind; none for 0.
  private let digits: [UInt8]
  /// How many of the digits, with zeros where there are none, stand in front of the point.
  private let magnitude: Int

  /// Reads a number; nil for anything else, and for exponents beyond 32 bits.
  init?(_ text: String) {
    var rest = text.utf8[...]
    let isNegative = rest.first == UInt8(ascii: "-")
    if isNegative || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
    let whole = Self.digits(&rest)
    var fraction = rest.prefix(0)
    if rest.first == UInt8(ascii: ".") {
      rest.removeFirst()
      fraction = Self.digits(&rest)
    }
    let all = Array(whole) + fraction
    guard !all.isEmpty, let exponent = Self.exponent(&rest), rest.isEmpty,
      Int32(exactly: fraction.count - exponent) != nil
    else { return nil }
    let first = all.firstIndex { $0 != 0x30 } ?? all.endIndex
    let last = all.lastIndex { $0 != 0x30 } ?? first - 1
    digits = first <= last ? Array(all[first...last]) : []
    magnitude = digits.isEmpty ? 0 : all.count - fraction.count - first + exponent
    self.isNegative = isNegative && !digits.isEmpty
  }

  private static func digits(_ rest: inout Substring.UTF8View) -> Substring.UTF8View {
    let found = rest.prefix { 0x30...0x39 ~= $0 }
    rest = rest[found.endIndex...]
    return found
  }

  /// What follows an `e`; 0 where there is none, nil where it is no exponent.
  private static func exponent(_ rest: inout Substring.UTF8View) -> Int? {
    guard let mark = rest.first, mark == UInt8(ascii: "e") || mark == UInt8(ascii: "E") else {
      return 0
    }
    rest.removeFirst()
    let isNegative = rest.first == UInt8(ascii: "-")
    if isNegative || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
    let digits = digits(&rest)
    let significant = digits.drop { $0 == 0x30 }
    guard !digits.isEmpty, significant.count <= 10 else { return nil }
    let places = significant.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    return Int32(exactly: isNegative ? -places : places).map(Int.init)
  }
}

extension PolicyNumber: Comparable {
  static func < (left: PolicyNumber, right: PolicyNumber) -> Bool {
    guard left.isNegative == right.isNegative else { return left.isNegative }
    return left.isNegative ? right.isNearer(than: left) : left.isNearer(than: right)
  }

  /// Whether the number lies nearer to 0, signs aside.
  private func isNearer(than other: PolicyNumber) -> Bool {
    if digits.isEmpty || other.digits.isEmpty { return digits.isEmpty && !other.digits.isEmpty }
    if magnitude != other.magnitude { return magnitude < other.magnitude }
    return digits.lexicographicallyPrecedes(other.digits)
  }
}
