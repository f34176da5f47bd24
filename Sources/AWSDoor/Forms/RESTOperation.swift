package import AdminAPI
package import HTTP
package import IAMPolicy
package import JSON
package import Platform
package import PodIdentity

/// One operation of a service that speaks REST JSON, with what it uses beyond a call.
package protocol RESTOperation: Sendable {
  /// The operation's name, as the API has it.
  var name: String { get }
  var method: String { get }
  /// The path as the API has it; `{name}` stands for an argument, `{name+}` for the whole rest.
  var path: String { get }

  /// Whom a request is about, as far as faults are concerned.
  func subject(of body: JSON, caller: Caller) -> EventSubject

  /// Does it, and returns the answer's body.
  func respond(to call: RESTCall) async throws(Refusal) -> JSON
}

extension RESTOperation {
  /// A request is about its caller, unless the operation knows better.
  package func subject(of body: JSON, caller: Caller) -> EventSubject {
    caller.subject
  }
}

/// A request for a ``RESTOperation``, its caller known.
package struct RESTCall: Sendable {
  package let operation: any RESTOperation
  package let caller: Caller
  package let request: HTTPRequest
  /// The path's arguments, decoded.
  package let arguments: [String]
  /// The body; an empty object where there is none.
  package let body: JSON
  /// What the operation tells the event log.
  package let notes: CallNotes
  /// The fault that this call meets.
  package var fault: Fault?
  private let service: AWSService
  private let context: DoorContext

  /// A call of an operation.
  init(
    _ operation: any RESTOperation, _ signed: SignedRequest, arguments: [String], body: JSON
  ) {
    self.operation = operation
    caller = signed.authentication.caller
    request = signed.request
    self.arguments = arguments
    self.body = body
    notes = signed.notes
    service = signed.service
    context = signed.context
  }

  /// The account that is called.
  package var account: AWSAccount { context.account }
  /// Roles and associations.
  package var store: RoleStore { context.store }
  /// What ids are drawn from.
  package var randomness: Randomness { context.randomness }
  /// What is allowed to whom, where an operation asks for others than its caller.
  package var authorizer: Authorizer { context.authorizer }

  /// The query's parameters.
  package var query: QueryParameters { request.query }

  /// Refuses unless the caller may do this.
  package func authorize(
    _ action: String, on resource: String, context keys: PolicyContext = [:]
  ) throws(Refusal) {
    try context.authorizer.require(
      action, on: resource, by: caller, request: request, of: service, context: keys,
      code: "AccessDeniedException")
  }

  /// Runs something of the store; what goes wrong there is the service's fault.
  package func stored<Result: Sendable>(
    failure: (String) -> Refusal, _ body: () async throws -> Result
  ) async throws(Refusal) -> Result {
    do { return try await body() } catch let refusal as Refusal { throw refusal } catch {
      throw failure("\(error)")
    }
  }
}
