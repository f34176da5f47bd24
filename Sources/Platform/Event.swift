package import JSON

/// Whom an event is about; parts that are not known are nil.
package struct EventSubject: Sendable {
  package var namespace: String?
  package var serviceAccount: String?
  package var pod: String?

  /// A subject of these parts.
  package init(namespace: String? = nil, serviceAccount: String? = nil, pod: String? = nil) {
    self.namespace = namespace
    self.serviceAccount = serviceAccount
    self.pod = pod
  }
}

extension EventSubject: Equatable {
  package static func == (left: EventSubject, right: EventSubject) -> Bool {
    left.namespace?.bytes == right.namespace?.bytes
      && left.serviceAccount?.bytes == right.serviceAccount?.bytes
      && left.pod?.bytes == right.pod?.bytes
  }
}

/// One thing a server did or refused, with the true reason.
///
/// Who records one puts no secret in it; what a caller put where names belong is cut out when the event
/// is served (``SecretText``).
package struct Event: Sendable {
  /// What can be found wanting, such as `trust-policy`; the closed list is in the room `PodIdentity`.
  package struct Check: Equatable, Sendable {
    /// As events, logs and `podid` tell it.
    package let name: String

    package static func == (left: Check, right: Check) -> Bool {
      left.name.bytes == right.name.bytes
    }

    /// A row of the list, which nothing else makes.
    package init(row name: StaticString) { self.name = "\(name)" }
  }

  /// What was asked, by the API's own name, such as `AssumeRoleForPodIdentity`.
  package var operation: String
  package var subject: EventSubject
  /// `ok`, or the code of the error that went over the wire.
  package var outcome: String
  /// The check that failed; nil when all passed.
  package var check: Check?
  /// The reason in a sentence for the operator.
  package var reason: String?
  package var duration: Duration?
  package var requestID: String?
  /// Whose doing it is; as the task that makes the event has it.
  package var origin = EventOrigin.current
  /// Further members, such as `role` or `statement`.
  package var details: JSONObject
  /// Members as JSON texts, which are small to keep and read only when the event is asked for.
  package var texts: [(name: String, json: [UInt8])] = []

  /// An event.
  package init(
    operation: String, subject: EventSubject = EventSubject(), outcome: String = "ok",
    check: Check? = nil, reason: String? = nil, duration: Duration? = nil,
    requestID: String? = nil, details: JSONObject = [:]
  ) {
    self.operation = operation
    self.subject = subject
    self.outcome = outcome
    self.check = check
    self.reason = reason
    self.duration = duration
    self.requestID = requestID
    self.details = details
  }
}
