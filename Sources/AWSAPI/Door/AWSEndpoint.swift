import AWSWire
package import HTTP
import JSON
import Platform

/// EKS Auth, EKS, STS and IAM at one address, told apart by the credential scope.
///
/// Whatever comes, the answer is one of AWS's: never HTML, and a 5xx only where something broke.
package struct AWSEndpoint: HTTPHandler {
  private let context: AWSAPIContext
  private let authenticator: Authenticator

  /// The endpoint of these services.
  package init(context: AWSAPIContext, authenticator: Authenticator) {
    self.context = context
    self.authenticator = authenticator
  }

  package func respond(to request: HTTPRequest) async -> HTTPResponse {
    let start = ContinuousClock.now
    var event = Event(operation: "unknown", requestID: request.id)
    let response: HTTPResponse
    switch NamedService(of: request) {
    case .known(.s3):
      response = S3ErrorAnswer.elsewhere(request)
      event.outcome = "NotImplemented"
    case .known(let service) where service.speaksQuery:
      response = await QueryDoor(context: context, authenticator: authenticator)
        .answer(request, service: service, event: &event)
    case .known(let service):
      response = await RESTDoor(context: context, authenticator: authenticator)
        .answer(request, service: service, event: &event)
    case .unknown(let name):
      let refusal = UnknownServiceFailure(name: name)
      response = refusal.answer(to: request)
      event.outcome = refusal.error.code
      event.reason = refusal.error.message
    }
    event.duration = ContinuousClock.now - start
    context.events.record(event)
    return response
  }
}

extension Event {
  /// Notes a refusal.
  mutating func note(_ refusal: Refusal) {
    outcome = refusal.error.code
    check = refusal.check
    reason = refusal.reason ?? refusal.error.message
  }
}
