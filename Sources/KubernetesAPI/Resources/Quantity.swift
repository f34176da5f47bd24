import JSON

/// An amount of a resource, such as `1.5Gi`, in the one spelling that Kubernetes stores of it
/// (apimachinery, `pkg/api/resource/quantity.go`).
enum Quantity {
  /// What Kubernetes says of a text that is none.
  static let objection =
    "quantities must match the regular expression "
    + "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"

  /// How an amount was written, which its canonical spelling keeps where it can.
  private enum Form {
    case decimal
    case exponent
    case binary
  }

  private static let decimalSuffixes: [ByteText: Int] = [
    "n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18,
  ]
  private static let binarySuffixes = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"]

  /// The canonical spelling of a JSON value; nil where it is no quantity.
  ///
  /// Amounts of more than 37 digits stay as they are spelled.
  static func canonical(_ value: JSON) -> JSON? {
    switch value {
    case .null: "0"
    case .string(let text), .number(let text): canonical(text).map { .string($0) }
    case .integer(let number): canonical("\(number)").map { .string($0) }
    default: nil
    }
  }

  /// The canonical spelling of a text; nil where it is no quantity.
  static func canonical(_ given: String) -> String? {
    let text = given.utf8.drop { $0 == 0x20 }.reversed().drop { $0 == 0x20 }.reversed()
    let number = text.prefix { $0 == 0x2B || $0 == 0x2D || $0 == 0x2E || 0x30...0x39 ~= $0 }
    let suffix = String(decoding: text.dropFirst(number.count), as: UTF8.self)
    var digits = Array(number)
    let isNegative = digits.first == UInt8(ascii: "-")
    if isNegative || digits.first == UInt8(ascii: "+") { digits.removeFirst() }
    let parts = digits.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count <= 2, parts.contains(where: { !$0.isEmpty }),
      parts.allSatisfy({ $0.allSatisfy { 0x30...0x39 ~= $0 } }), let (form, power) = form(suffix)
    else { return nil }
    let denominator = parts.count == 2 ? parts[1].count : 0
    guard let mantissa = Int128(String(decoding: parts.joined(), as: UTF8.self)) else {
      return given
    }
    guard let spelled = spelling(mantissa, denominator: denominator, form: form, power: power)
    else { return given }
    return (isNegative && spelled.bytes != "0" ? "-" : "") + spelled
  }

  private static func form(_ suffix: String) -> (Form, Int)? {
    if let power = decimalSuffixes[suffix.bytes] { return (.decimal, power) }
    if let index = binarySuffixes.firstIndex(where: { $0.bytes == suffix.bytes }) {
      return (.binary, index)
    }
    guard let first = suffix.utf8.first, first | 0x20 == UInt8(ascii: "e"),
      let power = Int(suffix.dropFirst()), (-1000...1000).contains(power)
    else { return nil }
    return (.exponent, power)
  }

  /// The spelling of `mantissa` / 10^`denominator` with its suffix; nil where it does not fit.
  private static func spelling(
    _ mantissa: Int128, denominator: Int, form: Form, power: Int
  ) -> String? {
    var (value, scale, form) = (mantissa, -denominator, form)
    if form == .binary {
      for _ in 0..<power {
        let (product, overflow) = value.multipliedReportingOverflow(by: 1024)
        guard !overflow else { return nil }
        value = product
      }
    } else {
      scale += power
    }
    // Nothing is finer than a billionth: what is left is rounded up.
    while scale < -9 {
      value = value / 10 + (value % 10 == 0 ? 0 : 1)
      scale += 1
      if value == 1 || value == 0 { scale = max(scale, -9) }
    }
    guard value != 0 else { return "0" }
    while value % 10 == 0 { (value, scale) = (value / 10, scale + 1) }
    if form == .binary {
      guard let whole = whole(value, scale), whole >= 1024 else {
        form = .decimal
        return decimal(value, scale, form)
      }
      return binary(whole)
    }
    return decimal(value, scale, form)
  }

  private static func whole(_ value: Int128, _ scale: Int) -> Int128? {
    guard scale >= 0 else { return nil }
    var value = value
    for _ in 0..<scale {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      guard !overflow else { return nil }
      value = product
    }
    return value
  }

  private static func binary(_ whole: Int128) -> String {
    var (value, index) = (whole, 0)
    while value % 1024 == 0, index < binarySuffixes.count - 1 {
      (value, index) = (value / 1024, index + 1)
    }
    return "\(value)\(binarySuffixes[index])"
  }

  /// The exponent is made a multiple of three.
  private static func decimal(_ value: Int128, _ scale: Int, _ form: Form) -> String? {
    var (value, scale) = (value, scale)
    while scale % 3 != 0 || scale > 18 && form == .decimal {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      guard !overflow else { return nil }
      (value, scale) = (product, scale - 1)
    }
    guard form == .decimal else { return scale == 0 ? "\(value)" : "\(value)e\(scale)" }
    return decimalSuffixes.first { $0.value == scale }.map { "\(value)\($0.key.string)" }
  }
}
