package import AdminAPI
package import HTTP
package import Platform
import PodIdentity

/// How a protocol of AWS carries calls: where the operation stands, how the request is read, how
/// answers and errors are written.
///
/// ``CallPipeline`` asks in the order below. A service of a protocol that is not here (JSON 1.x, which
/// finds operations by `X-Amz-Target`) needs a form of its own beside these, and nothing else.
package protocol WireForm: Sendable {
  /// An operation, with what was read to find it.
  associatedtype Found: Sendable
  /// A request read for its operation.
  associatedtype Call: Sendable

  /// The names of the operations, as events and faults have them.
  var operations: [String] { get }
  /// How bodies are wanted.
  var bodyPlan: HTTPBodyPlan { get }
  /// Whether operations block, and so leave the event loops.
  var blocks: Bool { get }
  /// What the event of a request is called whose operation is not known.
  var unknownOperation: String { get }
  /// The code of the error for what there is no memory for.
  var overloadCode: String { get }

  /// Finds the operation that a request is for.
  ///
  /// Nothing is believed yet: a refusal is told to who turns out to be known alone, unless it says
  /// otherwise.
  func find(_ request: HTTPRequest) throws(Refusal) -> Found

  /// Tells an event of the operation.
  func note(_ found: Found, in event: inout Event)

  /// Who signed a request for a service.
  func authenticate(
    _ request: HTTPRequest, to service: AWSService, by authenticator: Authenticator
  ) throws(Refusal) -> Authenticator.Authentication

  /// Reads the rest of a request.
  func read(_ found: Found, of request: SignedRequest) async throws(Refusal) -> Call

  /// Whom a call is about, as far as faults are concerned.
  func subject(of call: Call) -> EventSubject

  /// Lets the operation do it, and writes its answer; `fault` is the one that the call meets.
  func respond(to call: Call, fault: Fault?) async throws(Refusal) -> HTTPResponse

  /// Writes an error.
  func answer(_ refusal: Refusal, to request: HTTPRequest) -> HTTPResponse

  /// Adds what every answer has.
  func finish(_ response: inout HTTPResponse, to request: HTTPRequest)
}

extension WireForm {
  /// Bodies are read whole.
  package var bodyPlan: HTTPBodyPlan { .collect(limit: nil) }
  /// Operations do not block.
  package var blocks: Bool { false }
  /// `unknown`, where the protocol has no name of its own for it.
  package var unknownOperation: String { EventOperation.unknown }
  /// Adds nothing.
  package func finish(_ response: inout HTTPResponse, to request: HTTPRequest) {}
}

/// A request whose sender is known, of which a ``WireForm`` reads the rest.
package struct SignedRequest: Sendable {
  package let request: HTTPRequest
  /// The service that it is for.
  package let service: AWSService
  package let authentication: Authenticator.Authentication
  package let context: DoorContext
  /// What the operation tells the event log.
  package let notes: CallNotes
}
