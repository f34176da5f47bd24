/// What comes of holding a condition, or a whole statement, against a request.
package enum PolicyOutcome: String, Sendable {
  case match
  case mismatch
  /// It cannot be evaluated. So that nothing is open by mistake, an Allow does not apply and a Deny
  /// does.
  case error
}

extension PolicyOutcome {
  /// Whether a statement of this outcome counts.
  package func counts(for effect: PolicyStatement.Effect) -> Bool {
    switch self {
    case .match: true
    case .mismatch: false
    case .error: effect == .deny
    }
  }
}
