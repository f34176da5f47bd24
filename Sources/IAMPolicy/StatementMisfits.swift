import JSON

/// One condition of a statement, held against a request.
package struct ConditionTrace: Sendable {
  /// The operator as it was written, such as `ForAnyValue:StringLike`.
  package let operatorName: String
  package let key: String
  /// The values of the policy, their variables put in.
  package let wanted: [String]
  /// The values of the request; nil where it does not have the key.
  package let actual: [String]?
  package let outcome: PolicyOutcome

  /// Whether the request has what the policy wants.
  package var holds: Bool { outcome == .match }

  /// A condition, held against a request.
  package init(
    operatorName: String, key: String, wanted: [String], actual: [String]?,
    outcome: PolicyOutcome
  ) {
    self.operatorName = operatorName
    self.key = key
    self.wanted = wanted
    self.actual = actual
    self.outcome = outcome
  }
}

/// Which parts of a statement do not fit a request: all of them, where a mismatch names the first.
package struct StatementMisfits: Sendable {
  package let principal: Bool
  package let action: Bool
  package let resource: Bool
  /// The conditions that do not hold.
  package let conditions: [ConditionTrace]

  /// Whether the statement applies.
  package var isEmpty: Bool { !principal && !action && !resource && conditions.isEmpty }
}

extension PolicyCondition {
  /// The condition with what the request has.
  package func trace(_ context: PolicyContext) -> ConditionTrace {
    ConditionTrace(
      operatorName: operatorName, key: key, wanted: values.map { $0.shown(context) },
      actual: context[key], outcome: outcome(context))
  }
}

extension PolicyStatement {
  /// What does not fit a request.
  package func misfits(_ request: PolicyRequest) -> StatementMisfits {
    StatementMisfits(
      principal: principal.map { Self.mismatch($0, request.principal) != nil } ?? false,
      action: !fitsAction(of: request), resource: !fitsResource(of: request),
      conditions: conditions.map { $0.trace(request.context) }.filter { !$0.holds })
  }
}
