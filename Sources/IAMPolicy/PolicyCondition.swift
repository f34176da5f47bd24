/// One key under one operator of a statement's Condition.
package struct PolicyCondition: Sendable {
  /// How several values of the request are taken.
  package enum SetQualifier: String, Sendable {
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
      return values.contains { ($0.text.lowercased() == "true") == actual.isEmpty }
    }
    guard !actual.isEmpty else {
      if ifExists || qualifier == .all { return true }
      return qualifier == nil && test.isNegated
    }
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
  var isNegated: Bool { rawValue.contains("Not") && self != .null }

  /// Whether the operator takes dates.
  var takesDates: Bool { rawValue.hasPrefix("Date") }

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
    case .bool: return expected.text.lowercased() == actual.lowercased()
    case .arnEquals, .arnLike, .arnNotEquals, .arnNotLike:
      return Self.arn(actual, matches: expected, context)
    case .ipAddress, .notIPAddress:
      return IPRange(expected.text)?.contains(actual) ?? false
    case .null: return false
    default:
      let read = takesDates ? PolicyDate.seconds : { Double($0) }
      guard let left = read(actual), let right = read(expected.shown(context)) else { return false }
      return compare(left, right)
    }
  }

  private func compare(_ left: Double, _ right: Double) -> Bool {
    switch self {
    case .numericLessThan, .dateLessThan: left < right
    case .numericLessThanEquals, .dateLessThanEquals: left <= right
    case .numericGreaterThan, .dateGreaterThan: left > right
    case .numericGreaterThanEquals, .dateGreaterThanEquals: left >= right
    default: left == right
    }
  }

  /// Each of the six parts is matched on its own: a wildcard does not reach over a colon.
  private static func arn(
    _ actual: String, matches expected: PolicyPattern, _ context: PolicyContext
  ) -> Bool {
    func parts(_ text: String) -> [Substring] {
      text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
    }
    let (left, right) = (parts(actual), parts(expected.shown(context)))
    guard left.count == 6, right.count == 6 else { return expected.isEverything }
    return zip(left, right).allSatisfy { actual, pattern in
      PolicyPattern(String(pattern), variables: false).matches(String(actual))
    }
  }
}
