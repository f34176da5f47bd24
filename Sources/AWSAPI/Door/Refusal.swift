package import AWSWire

/// An operation that did not happen: the error for the wire, and the truth for the event log.
package struct Refusal: Error, Sendable {
  package let error: AWSError
  /// The check that failed, such as `trust-policy`.
  package var check: String?
  /// The reason in a sentence for the operator.
  package var reason: String?
  /// A refusal.
  package init(
    _ error: AWSError, check: String? = nil, reason: String? = nil
  ) {
    self.error = error
    self.check = check
    self.reason = reason
  }
}
