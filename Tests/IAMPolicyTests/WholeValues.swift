import IAMPolicy

// Tests compare whole values, by all that they show; the servers never do.

extension ConditionTrace: Equatable {
  static func == (left: Self, right: Self) -> Bool { "\(left)" == "\(right)" }
}

extension PolicyDecision: Equatable {
  static func == (left: Self, right: Self) -> Bool { "\(left)" == "\(right)" }
}
