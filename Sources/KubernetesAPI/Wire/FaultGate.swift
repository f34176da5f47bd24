package import AdminAPI
import HTTP
import Platform

/// What can be made to fail at the API server.
package enum KubernetesFaults {
  static let tokenRequest = "TokenRequest"
  static let tokenReview = "TokenReview"
  static let keys = "JWKS"
  static let discovery = "OpenIDConfiguration"

  private static let verbs = [
    "get", "list", "watch", "create", "update", "patch", "delete",
    "deletecollection",
  ]
  private static let errors: [String: FaultError] = Dictionary(
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
    ].map { ($0.code, $0) })

  /// Tokens, reviews, keys, and `VERB RESOURCE` such as `watch pods`.
  package static let catalogue = FaultCatalogue(
    operations: [tokenRequest, tokenReview, keys, discovery]
      + ClusterResource.allCases.flatMap { resource in
        verbs.map { "\($0) \(resource.rawValue)" }
      },
    special: [.expiredToken: [tokenRequest], .wrongAudience: [tokenRequest]]
  ) { _, code in errors[code] }
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
    guard let fault = faults.meet(event.operation, event.subject) else {
      return try await genuine()
    }
    event.note(fault)
    events.record(event)
    if let answer = await Self.answerInstead(fault) { return answer }
    return fault.spoil(try await genuine())
  }

  /// The answer in place of the true one, if the fault has one.
  static func answerInstead(_ fault: Fault) async -> HTTPResponse? {
    await fault.answerInstead { StatusError($0.status, $0.code, $0.message).response }
  }
}
