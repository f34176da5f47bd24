package import HTTP
package import Platform

extension FaultBook {
  /// Answers a call as `genuine` does, or as the fault has it that the call meets: the one place, for
  /// every protocol of every server, where a call and its fault come together.
  ///
  /// The fault is looked for by the event's operation and by `subject`, where that is given, else by
  /// the event's; where no fault is set, nobody asks whom a call is about. The event notes the fault;
  /// recording it is the caller's. `render` writes an error as the protocol has it.
  package func pass<Failure: Error>(
    _ event: inout Event, subject: @autoclosure () -> EventSubject? = nil,
    render: (FaultError) -> HTTPResponse,
    genuine: (Fault?, inout Event) async throws(Failure) -> HTTPResponse
  ) async throws(Failure) -> HTTPResponse {
    guard let fault = await meet(event.operation, subject() ?? event.subject) else {
      return try await genuine(nil, &event)
    }
    event.note(fault)
    if let answer = await fault.answerInstead(render) {
      if let subject = subject() { event.subject = subject }
      return answer
    }
    return fault.spoil(try await genuine(fault, &event))
  }
}
