/// What became of one thing of a seed.
package enum SeedOutcome: String, Sendable {
  case created, updated, unchanged
}

/// What became of all of them, in order.
package struct SeedReport: Sendable {
  /// What was applied, in order, and what came of each.
  package private(set) var lines: [(what: String, outcome: SeedOutcome)] = []

  /// Nothing yet.
  package init() {}

  /// Notes one.
  mutating func add(_ what: String, _ outcome: SeedOutcome) { lines.append((what, outcome)) }

  /// `3 created, 1 unchanged`.
  package var summary: String {
    let counts = [SeedOutcome.created, .updated, .unchanged].compactMap { outcome in
      let count = lines.count { $0.outcome == outcome }
      return count == 0 ? nil : "\(count) \(outcome.rawValue)"
    }
    return counts.isEmpty ? "nothing in it" : counts.joined(separator: ", ")
  }
}
