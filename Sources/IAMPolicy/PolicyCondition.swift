import JSON

/// One key under one operator of a statement's Condition.
package struct PolicyCondition: Sendable {
  /// How several values of the request are taken.
  package enum SetQualifier: String, Sendable, CaseIterable {
    case all = "ForAllValues"
    case any = "ForAnyValue"
  }

  package let test: PolicyConditionTest
  package let qualifier: SetQualifier?
  package let ifExists: Bool
  package let key: String
  package let values: [PolicyPattern]

  /// The operator as it was written.
  package var operatorName: String {
    (qualifier.map { "\($0.rawValue):" } ?? "") + test.rawValue + (ifExists ? "IfExists" : "")
  }

  /// Why the condition does not hold; nil where it does.
  package func mismatch(_ context: PolicyContext) -> String? {
    holds(context) ? nil : explanation(context)
  }

  private func holds(_ context: PolicyContext) -> Bool {
    let actual = context[key] ?? []
    if test == .null {
      return values.contains { ($0.text.bytes.asciiLowercased == "true") == actual.isEmpty }
    }
    guard !actual.isEmpty else {
      if ifExists || qualifier == .all { return true }
      return qualifier == nil && test.isNegated
    }
    // Recorded from AWS: without ForAnyValue or ForAllValues no operator is met by a key that may
    // have several values, however many it has.
    if qualifier == nil, context.isMultivalued(key) { return false }
    let satisfies: (String) -> Bool = { value in
      let isMatch = values.contains { test.matches(value, $0, context) }
      return isMatch != test.isNegated
    }
    switch qualifier {
    case .all: return actual.allSatisfy(satisfies)
    case .any: return actual.contains(where: satisfies)
    case nil:
      return test.isNegated ? actual.allSatisfy(satisfies) : actual.contains(where: satisfies)
    }
  }

  private func explanation(_ context: PolicyContext) -> String {
    let wanted = values.map { "\"\($0.shown(context))\"" }.joined(separator: " or ")
    let actual = context[key].map { $0.map { "\"\($0)\"" }.joined(separator: ", ") }
    return "Condition \(operatorName) wants \(key) \(wanted), the request has "
      + (actual ?? "no such key")
  }
}

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

  /// Whether it holds where no value matches.
  var isNegated: Bool { rawValue.bytes.contains("Not") && self != .null }

  /// Whether the operator takes dates.
  var takesDates: Bool { rawValue.bytes.hasPrefix("Date") }

  /// Whether `*` and `?` are wildcards in its values.
  var hasWildcards: Bool {
    switch self {
    case .stringLike, .stringNotLike, .arnEquals, .arnLike, .arnNotEquals, .arnNotLike: true
    default: false
    }
  }

  /// Whether one value of the request fits one value of the policy, negation aside.
  func matches(_ actual: String, _ expected: PolicyPattern, _ context: PolicyContext) -> Bool {
    switch self {
    case .stringEquals, .stringNotEquals, .stringLike, .stringNotLike, .binaryEquals:
      return expected.matches(actual, context: context)
    case .stringEqualsIgnoreCase, .stringNotEqualsIgnoreCase:
      return expected.matches(actual, ignoringCase: true, context: context)
    case .arnEquals, .arnLike, .arnNotEquals, .arnNotLike:
      return expected.matches(arn: actual, context: context)
    case .null: return false
    default: break
    }
    guard context.take(actual.utf8.count + expected.text.utf8.count) else { return false }
    switch self {
    case .bool:
      return expected.text.bytes.asciiLowercased == actual.bytes.asciiLowercased
    case .ipAddress, .notIPAddress:
      return IPRange(expected.text)?.contains(actual) ?? false
    default:
      let wanted = expected.value(context)
      return takesDates
        ? compare(PolicyDate.seconds(actual), PolicyDate.seconds(wanted))
        : compare(PolicyNumber(actual), PolicyNumber(wanted))
    }
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
