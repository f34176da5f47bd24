/// What an event's outcome can be beside an error's code or the agent's status.
package enum EventOutcome {
  package static let ok = "ok"
  /// The annotation's controller could not make the association.
  package static let refused = "refused"
  /// A fault was met that answers with no error.
  package static let fault = "fault"
  package static let failed = "failed"
  /// The pod has no Pod Identity.
  package static let skipped = "skipped"
  /// Nobody could say whether the pod has Pod Identity.
  package static let ignored = "ignored"

  /// All of these.
  package static let all = [ok, refused, fault, failed, skipped, ignored]
}
