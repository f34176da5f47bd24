import AWSWire
package import HTTP
import JSON
import Platform
import PodIdentity

/// The services at one address, told apart by the credential scope; or one of them, whatever a
/// request says of itself.
///
/// Whatever comes, the answer is one of AWS's: never HTML, and a 5xx only where something broke.
package struct AWSEndpoint: HTTPHandler {
  private let pipeline: CallPipeline
  private let services: [ServedService]
  private let only: ServedService?

  /// The endpoint of these services, in the order in which callers are told them.
  package init(
    context: DoorContext, authenticator: Authenticator, services: [ServedService]
  ) {
    pipeline = CallPipeline(context: context, authenticator: authenticator)
    self.services = services
    only = nil
  }

  /// The endpoint of one service.
  package init(context: DoorContext, authenticator: Authenticator, only: ServedService) {
    pipeline = CallPipeline(context: context, authenticator: authenticator)
    services = [only]
    self.only = only
  }

  package func bodyPlan(for request: HTTPRequest) -> HTTPBodyPlan {
    guard case .known(let service) = service(of: request) else { return .collect(limit: nil) }
    return service.form.bodyPlan
  }

  package func respond(to request: HTTPRequest) async -> HTTPResponse {
    let start = ContinuousClock.now
    switch service(of: request) {
    case .known(let service): return await pipeline.respond(to: request, of: service)
    case .unknown(let name):
      let refusal = unknown(name)
      let answer = refusal.answer(to: request)
      pipeline.context.events.record(
        Event(
          operation: EventOperation.unknown, outcome: refusal.error.code,
          reason: refusal.error.message,
          duration: ContinuousClock.now - start, requestID: request.id))
      return answer
    }
  }

  /// What a caller is told for whose request there is no memory now (``HTTPMemoryLimits``).
  package func overloaded(_ request: HTTPRequest) -> HTTPResponse {
    switch service(of: request) {
    case .known(let known):
      let code = known.form.overloadCode
      let error =
        known.service.errors.named(code)
        ?? AWSError(code, status: 503, "The service is unavailable.")
      return known.form.answer(Refusal(error), to: request)
    case .unknown(let name): return unknown(name).overloaded(request)
    }
  }

  private func service(of request: HTTPRequest) -> NamedService {
    only.map(NamedService.known) ?? NamedService(of: request, among: services)
  }

  private func unknown(_ name: String) -> UnknownServiceFailure {
    UnknownServiceFailure(name: name, known: services.map(\.service.signingName))
  }
}
