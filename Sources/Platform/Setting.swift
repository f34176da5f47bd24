import JSON

/// One row of a program's settings table: a flag, its variable, default and meaning.
package struct Setting: Sendable {
  /// What a value must look like.
  package enum Kind: Sendable {
    case text
    /// No value: present or absent; its variable takes `true` and `false`.
    case toggle
    case integer(ClosedRange<Int>)
    /// `90`, `90s`, `1h30m`, `250ms`.
    case duration
    /// `HOST:PORT`.
    case address
    case choice([String])
    /// What a room above this one knows to check.
    case form(SettingForm)
  }

  /// The flag without its dashes, such as `admin-listen`.
  package let flag: String
  package let kind: Kind
  /// What stands for the value in help, such as `HOST:PORT`.
  package let placeholder: String
  package let isRepeatable: Bool
  /// The default as it would be written; nil where there is none.
  package let fallback: String?
  /// The meaning, in a few words.
  package let help: String
  /// Whether the row has an environment variable too.
  package let hasVariable: Bool

  /// A row.
  package init(
    _ flag: String, _ kind: Kind = .text, placeholder: String? = nil, repeatable: Bool = false,
    default fallback: String? = nil, variable: Bool = true, _ help: String
  ) {
    self.flag = flag
    self.kind = kind
    self.placeholder = placeholder ?? Self.placeholder(for: kind)
    isRepeatable = repeatable
    self.fallback = fallback
    hasVariable = variable
    self.help = help
  }

  private static func placeholder(for kind: Kind) -> String {
    switch kind {
    case .text: "TEXT"
    case .toggle: ""
    case .integer: "N"
    case .duration: "DURATION"
    case .address: "HOST:PORT"
    case .choice(let words): words.joined(separator: "|")
    case .form(let form): form.placeholder
    }
  }

  /// Why values are not acceptable, as it follows the name of the flag; nil where they are.
  func objection(to values: [String]) -> String? {
    if case .form(let form) = kind, !values.contains(where: \.isEmpty) {
      return form.objection(values)
    }
    for value in values {
      if let rule = brokenRule(value) { return "\(rule), not \"\(value)\"" }
    }
    return nil
  }

  /// The rule that a value breaks; nil where it breaks none.
  private func brokenRule(_ value: String) -> String? {
    switch kind {
    case .text, .form: return value.isEmpty ? "must not be empty" : nil
    case .toggle: return ["true", "false"].contains(value.bytes) ? nil : "must be true or false"
    case .integer(let range):
      guard let number = Int(value), value.utf8.allSatisfy({ 0x30...0x39 ~= $0 || $0 == 0x2D }),
        range.contains(number)
      else { return "must be a whole number from \(range.lowerBound) to \(range.upperBound)" }
      return nil
    case .duration:
      return Duration(text: value) == nil ? "must be a duration such as 90s, 15m or 6h" : nil
    case .address: return HostPort(value) == nil ? "must be HOST:PORT" : nil
    case .choice(let words):
      return words.contains(value.bytes) ? nil : "must be one of " + words.joined(separator: ", ")
    }
  }
}

extension Duration {
  /// Reads `90` (seconds), `90s`, `1h30m`, `250ms`; nil for anything else or beyond a century.
  package init?(text: String) {
    var total = 0.0
    var rest = text[...]
    guard !rest.isEmpty else { return nil }
    let units: [(ByteText, Double)] = [
      ("ms", 0.001), ("d", 86400), ("h", 3600), ("m", 60), ("s", 1),
    ]
    while !rest.isEmpty {
      let digits = Substring(rest.utf8.prefix { 0x30...0x39 ~= $0 || $0 == UInt8(ascii: ".") })
      guard let number = Double(digits), digits.utf8.first != UInt8(ascii: ".") else { return nil }
      rest = rest[digits.endIndex...]
      if rest.isEmpty, digits.startIndex == text.startIndex {
        total = number
        break
      }
      guard let unit = units.first(where: { rest.bytes.hasPrefix($0.0) }) else { return nil }
      rest = Substring(rest.utf8.dropFirst(unit.0.string.utf8.count))
      total += number * unit.1
    }
    guard total.isFinite, total < 3_200_000_000 else { return nil }
    self = .nanoseconds(Int64(total * 1e9))
  }
}
