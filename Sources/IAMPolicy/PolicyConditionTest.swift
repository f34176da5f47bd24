import JSON

/// The condition operators, without qualifier and `IfExists`.
package enum PolicyConditionTest: String, Sendable, CaseIterable {
  case stringEquals = "StringEquals"
  case stringNotEquals = "StringNotEquals"
  case stringEqualsIgnoreCase = "StringEqualsIgnoreCase"
  case stringNotEqualsIgnoreCase = "StringNotEqualsIgnoreCase"
  case stringLike = "StringLike"
  case stringNotLike = "StringNotLike"
  case numericEquals = "NumericEquals"
  case numericNotEquals = "NumericNotEquals"
  case numericLessThan = "NumericLessThan"
  case numericLessThanEquals = "NumericLessThanEquals"
  case numericGreaterThan = "NumericGreaterThan"
  case numericGreaterThanEquals = "NumericGreaterThanEquals"
  case dateEquals = "DateEquals"
  case dateNotEquals = "DateNotEquals"
  case dateLessThan = "DateLessThan"
  case dateLessThanEquals = "DateLessThanEquals"
  case dateGreaterThan = "DateGreaterThan"
  case dateGreaterThanEquals = "DateGreaterThanEquals"
  case bool = "Bool"
  case binaryEquals = "BinaryEquals"
  case ipAddress = "IpAddress"
  case notIPAddress = "NotIpAddress"
  case arnEquals = "ArnEquals"
  case arnLike = "ArnLike"
  case arnNotEquals = "ArnNotEquals"
  case arnNotLike = "ArnNotLike"
  case null = "Null"

  /// What the operators of one kind read their values as.
  enum Operand {
    case text, number, date, boolean, binary, address, arn
  }

  /// What it reads its values as.
  var operand: Operand {
    switch self {
    case .stringEquals, .stringNotEquals, .stringEqualsIgnoreCase, .stringNotEqualsIgnoreCase,
      .stringLike, .stringNotLike:
      .text
    case .numericEquals, .numericNotEquals, .numericLessThan, .numericLessThanEquals,
      .numericGreaterThan, .numericGreaterThanEquals:
      .number
    case .dateEquals, .dateNotEquals, .dateLessThan, .dateLessThanEquals, .dateGreaterThan,
      .dateGreaterThanEquals:
      .date
    case .bool, .null: .boolean
    case .binaryEquals: .binary
    case .ipAddress, .notIPAddress: .address
    case .arnEquals, .arnLike, .arnNotEquals, .arnNotLike: .arn
    }
  }

  /// Whether it holds where no value matches.
  var isNegated: Bool {
    switch self {
    case .stringNotEquals, .stringNotEqualsIgnoreCase, .stringNotLike, .numericNotEquals,
      .dateNotEquals, .notIPAddress, .arnNotEquals, .arnNotLike:
      true
    default: false
    }
  }

  /// Whether `*` and `?` are wildcards in its values.
  var hasWildcards: Bool {
    operand == .arn || self == .stringLike || self == .stringNotLike
  }

  /// Whether `${key}` is a variable in its values (IAM user guide, "Where you can use policy
  /// variables": the operators of strings and ARNs).
  var hasVariables: Bool { operand == .text || operand == .arn }

  /// How a value of a Boolean operator reads: all but `true`, in whatever case, is false.
  static func isTrue(_ text: String) -> Bool { text.bytes.asciiLowercased == "true" }
}

/// One value of a request, held against the values of the policy.
extension PolicyConditionTest {
  func outcome(
    _ actual: String, _ values: [PolicyPattern], _ context: PolicyContext
  ) -> PolicyOutcome {
    switch operand {
    case .text, .binary:
      let ignoresCase = self == .stringEqualsIgnoreCase || self == .stringNotEqualsIgnoreCase
      return held {
        ignoresCase
          ? $0.equalsIgnoringCase(actual, context: context)
          : $0.matches(actual, context: context)
      }
    case .number:
      let number = context.read(actual, as: PolicyNumber.init(_:))
      return held { compare(number, context.read($0.text, as: PolicyNumber.init(_:))) }
    case .date:
      let date = context.read(actual, as: PolicyDate.init(_:))
      return held { compare(date, context.read($0.text, as: PolicyDate.init(_:))) }
    case .boolean:
      let isTrue = Self.isTrue(actual)
      return held { Self.isTrue($0.text) == isTrue }
    case .address:
      // Recorded from AWS: what is no address is neither in a range nor out of it.
      guard let address = context.read(actual, as: IPAddress.init(_:)) else { return .mismatch }
      return held { context.read($0.text, as: IPRange.init(_:))?.contains(address) ?? false }
    case .arn:
      return arnOutcome(actual, values, context)
    }

    func held(_ matches: (PolicyPattern) -> Bool) -> PolicyOutcome {
      values.contains(where: matches) == isNegated ? .mismatch : .match
    }
  }

  /// Recorded from AWS: what is no ARN in the request is neither like one nor unlike it.
  ///
  /// In the policy it cannot be evaluated, unless a value in front of it matches.
  private func arnOutcome(
    _ actual: String, _ values: [PolicyPattern], _ context: PolicyContext
  ) -> PolicyOutcome {
    guard PolicyPattern.isARN(actual) else { return .mismatch }
    for value in values {
      guard value.isARN(context) else { return .error }
      if value.matches(arn: actual, context: context) { return isNegated ? .mismatch : .match }
    }
    return isNegated ? .match : .mismatch
  }

  /// How two values compare; what is no number, or no date, compares with nothing.
  private func compare<Value: Comparable>(_ left: Value?, _ right: Value?) -> Bool {
    guard let left, let right else { return false }
    return switch self {
    case .numericLessThan, .dateLessThan: left < right
    case .numericLessThanEquals, .dateLessThanEquals: left <= right
    case .numericGreaterThan, .dateGreaterThan: left > right
    case .numericGreaterThanEquals, .dateGreaterThanEquals: left >= right
    default: left == right
    }
  }
}

extension PolicyContext {
  /// Reads a text as a value, within the work that the request may cost.
  fileprivate func read<Value>(_ text: String, as parse: (String) -> Value?) -> Value? {
    take(text.utf8.count) ? parse(text) : nil
  }
}
