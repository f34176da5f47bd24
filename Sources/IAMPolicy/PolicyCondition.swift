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

  /// What comes of the condition; values are looked at in order, and the first that decides ends it.
  package func outcome(_ context: PolicyContext) -> PolicyOutcome {
    let actual = context[key] ?? []
    if test == .null {
      let isMatch = values.contains { PolicyConditionTest.isTrue($0.text) == actual.isEmpty }
      return isMatch ? .match : .mismatch
    }
    guard !actual.isEmpty else {
      let isMatch = ifExists || qualifier == .all || (qualifier == nil && test.isNegated)
      return isMatch ? .match : .mismatch
    }
    switch qualifier {
    case .all:
      return first(of: actual, context) { $0 != .match } ?? .match
    case .any:
      return first(of: actual, context) { $0 != .mismatch } ?? .mismatch
    case nil:
      // Recorded from AWS: without ForAnyValue or ForAllValues no operator is met by a key that may
      // have several values, however many it has.
      guard actual.count == 1, !context.isMultivalued(key) else { return .mismatch }
      return test.outcome(actual[0], values, context)
    }
  }

  private func first(
    of actual: [String], _ context: PolicyContext, where decides: (PolicyOutcome) -> Bool
  ) -> PolicyOutcome? {
    actual.lazy.map { test.outcome($0, values, context) }.first(where: decides)
  }

  /// Why the condition does not hold, where that came of it.
  func explanation(_ outcome: PolicyOutcome, _ context: PolicyContext) -> String {
    let wanted = values.map { "\"\($0.shown(context))\"" }.joined(separator: " or ")
    let actual = context[key].map { $0.map { "\"\($0)\"" }.joined(separator: ", ") }
    return "Condition \(operatorName) wants \(key) \(wanted), the request has "
      + (actual ?? "no such key")
      + (outcome == .error ? "; it cannot be evaluated, for a value of the policy is no ARN" : "")
  }
}
