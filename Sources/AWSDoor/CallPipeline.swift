import AWSWire
import AdminAPI
import HTTP
import JSON
import Platform
import PodIdentity

/// The one way of every call, whatever its protocol: what it is for, who signed it, whether a fault
/// meets it, what it comes to, and what the event log is told.
///
/// Who is not known learns nothing else. Whether a caller may, the operation itself asks, for it alone
/// knows on what.
struct CallPipeline: Sendable {
  let context: DoorContext
  let authenticator: Authenticator

  /// Answers a request for a service, and records what became of it.
  func respond(to request: HTTPRequest, of served: ServedService) async -> HTTPResponse {
    let start = ContinuousClock.now
    var (response, event) =
      served.form.blocks
      ? await withTaskExecutorPreference(globalConcurrentExecutor) {
        await answer(request, of: served.service, by: served.form)
      }
      : await answer(request, of: served.service, by: served.form)
    served.form.finish(&response, to: request)
    event.duration = ContinuousClock.now - start
    context.events.record(event)
    return response
  }

  private func answer(
    _ request: HTTPRequest, of service: AWSService, by form: some WireForm
  ) async -> (HTTPResponse, Event) {
    var event = Event(operation: form.unknownOperation, requestID: request.id)
    let notes = CallNotes()
    let response: HTTPResponse
    do throws(Refusal) {
      response = try await call(request, of: service, by: form, notes: notes, event: &event)
    } catch {
      event.note(error)
      if error.check == .authentication {
        event.subject = authenticator.subject(of: request)
      }
      if error.error.status >= 500, error.error.status != 501 {
        context.log.error(error.reason ?? error.error.message, ["requestId": .string(request.id)])
      }
      response = form.answer(error, to: request)
    }
    if let subject = notes.subject { event.subject = subject }
    for (name, value) in notes.details { event.details[name] = value }
    return (response, event)
  }

  private func call<Form: WireForm>(
    _ request: HTTPRequest, of service: AWSService, by form: Form, notes: CallNotes,
    event: inout Event
  ) async throws(Refusal) -> HTTPResponse {
    let found = try find(request, by: form)
    if case .success(let found) = found { form.note(found, in: &event) }
    let authentication = try form.authenticate(request, to: service, by: authenticator)
    event.note(authentication.caller)
    // Where the operation does not say whom it is about.
    event.subject = authentication.caller.subject
    let call = try await form.read(
      try found.get(),
      of: SignedRequest(
        request: request, service: service, authentication: authentication, context: context,
        notes: notes))
    return try await context.faults.pass(
      &event, subject: form.subject(of: call),
      render: { form.answer(Refusal(AWSError($0)), to: request) },
      genuine: { (fault, _) throws(Refusal) in try await form.respond(to: call, fault: fault) })
  }

  /// The operation, or the refusal for who turns out to be known.
  private func find<Form: WireForm>(
    _ request: HTTPRequest, by form: Form
  ) throws(Refusal) -> Result<Form.Found, Refusal> {
    do throws(Refusal) {
      return .success(try form.find(request))
    } catch {
      if error.isForAnybody { throw error }
      return .failure(error)
    }
  }
}

extension Event {
  /// Notes who called.
  fileprivate mutating func note(_ caller: Caller) {
    details["caller"] = .string(caller.arn)
    // On a cluster of its own it may have another admin token, and so another mark.
    if caller.service == .kubernetesAPI { origin = .stack }
  }

  /// Notes a refusal.
  fileprivate mutating func note(_ refusal: Refusal) {
    outcome = refusal.error.code
    check = refusal.check
    reason = refusal.reason ?? refusal.error.message
  }
}

extension AWSError {
  /// The error that a fault asks for.
  fileprivate init(_ error: FaultError) {
    self.init(error.code, status: error.status, error.message)
  }
}
