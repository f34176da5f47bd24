package import AWSWire
package import Platform
import PodIdentity

/// An operation that did not happen: the error for the wire, and the truth for the event log.
package struct Refusal: Error, Sendable {
  package let error: AWSError
  /// The check that failed, such as `trust-policy`.
  package var check: Event.Check?
  /// The reason in a sentence for the operator.
  package var reason: String?
  /// Further elements of the error, where its protocol has such.
  package var members: [(String, String)] = []
  /// Whether callers that are not known are told as well.
  package var isForAnybody = false

  /// A refusal.
  package init(
    _ error: AWSError, check: Event.Check? = nil, reason: String? = nil
  ) {
    self.error = error
    self.check = check
    self.reason = reason
  }
}
