package import AdminAPI
import HTTP
import JSON
import Platform
import PodIdentity

/// What can be made to fail at the API server.
package enum KubernetesFaults {
  static let tokenRequest = EventOperation.tokenRequest
  static let tokenReview = EventOperation.tokenReview
  static let keys = EventOperation.keys
  static let discovery = EventOperation.discovery

  private static let verbs = [
    "get", "list", "watch", "create", "update", "patch", "delete",
    "deletecollection",
  ]
  private static let errors: [ByteText: FaultError] = Dictionary(
    uniqueKeysWithValues: [
      FaultError("Unauthorized", 401, "Unauthorized"),
      FaultError("Forbidden", 403, "forbidden: a fault was set"),
      FaultError("NotFound", 404, "the server could not find the requested resource"),
      FaultError("Conflict", 409, "the object has been modified"),
      FaultError("Expired", 410, "The resourceVersion for the provided watch is too old."),
      FaultError(
        "TooManyRequests", 429, "Too many requests, please try again later."),
      FaultError("InternalError", 500, "Internal error occurred: a fault was set"),
      FaultError(
        "ServiceUnavailable", 503, "the server is currently unable to handle the request"),
      FaultError(
        "Timeout", 504, "the server was unable to return a response in the time allotted"),
    ].map { ($0.code.bytes, $0) })

  /// The reasons that a Status has (apimachinery, `meta/v1/types.go`).
  private static let reasons = [
    "AlreadyExists", "BadRequest", "Conflict", "Expired", "Forbidden", "Gone", "InternalError",
    "Invalid", "MethodNotAllowed", "NotAcceptable", "NotFound", "RequestEntityTooLarge",
    "ServerTimeout", "ServiceUnavailable", "Timeout", "TooManyRequests", "Unauthorized",
    "UnsupportedMediaType",
  ]

  /// Tokens, reviews, keys, and `VERB RESOURCE` such as `watch pods`.
  package static let catalogue = FaultCatalogue(
    operations: [tokenRequest, tokenReview, keys, discovery]
      + ResourceKind.all.flatMap { kind in verbs.map { "\($0) \(kind.name)" } },
    special: ServiceFault.all.map { ($0.name, $0.operations) },
    outcomes: reasons
  ) { _, code in errors[code.bytes] }
}

/// Where calls of the API server meet their faults.
struct FaultGate: Sendable {
  let faults: FaultBook
  let events: EventLog

  /// Whether any fault is set.
  var isActive: Bool { faults.isActive }

  /// Answers as `genuine` does, or as the fault has it that this call meets.
  func pass(
    _ operation: @autoclosure () -> String, _ request: HTTPRequest,
    subject: @autoclosure () -> EventSubject = EventSubject(),
    genuine: () async throws(StatusError) -> HTTPResponse
  ) async throws(StatusError) -> HTTPResponse {
    guard faults.isActive else { return try await genuine() }
    var event = Event(operation: operation(), subject: subject(), requestID: request.id)
    // Of these calls the event log is told only what a fault did.
    defer { if event.hasFault { events.record(event) } }
    return try await faults.pass(&event, render: Self.render) {
      (_, _) throws(StatusError) in try await genuine()
    }
  }

  /// A fault's error as the API server writes one.
  static func render(_ error: FaultError) -> HTTPResponse {
    StatusError(error.status, error.code, error.message).response
  }
}
