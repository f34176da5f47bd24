package import AdminAPI
package import HTTP
package import JSON
package import Platform
import Synchronization

/// One operation of a service that speaks REST JSON.
package protocol RESTOperation: Sendable {
  /// The operation's name, as the API has it.
  static var name: String { get }
  static var method: String { get }
  /// The path as the API has it; `{name}` stands for an argument, `{name+}` for the whole rest.
  static var path: String { get }

  /// Whom a request is about, as far as faults are concerned.
  static func subject(of body: JSON, caller: Caller) -> EventSubject

  /// Does it, and returns the answer's body.
  static func respond(to call: RESTCall) async throws(Refusal) -> JSON
}

extension RESTOperation {
  package static func subject(of body: JSON, caller: Caller) -> EventSubject {
    caller.subject
  }
}

/// What an operation finds out that the event log should show.
package final class CallNotes: Sendable {
  private let value = Mutex(EventSubject())
  private let members = Mutex(JSONObject())

  /// No notes.
  package init() {}

  /// Whom the request is about.
  package var subject: EventSubject {
    get { value.withLock { $0 } }
    set { value.withLock { $0 = newValue } }
  }

  /// Further members of the event; never a secret.
  package var details: JSONObject {
    get { members.withLock { $0 } }
    set { members.withLock { $0 = newValue } }
  }
}

/// A request for a ``RESTOperation``, its caller known.
package struct RESTCall: Sendable {
  package let context: AWSAPIContext
  package let caller: Caller
  package let request: HTTPRequest
  /// The path's arguments, decoded.
  package let arguments: [String]
  /// The body; an empty object where there is none.
  package let body: JSON
  /// What the operation tells the event log.
  package let notes: CallNotes
  /// The fault that this call meets.
  package let fault: Fault?

  /// The query's parameters.
  package var query: QueryParameters { request.query }

  /// Refuses unless the caller may do this.
  package func authorize(
    _ action: String, on resource: String, context keys: [String: [String]] = [:]
  ) throws(Refusal) {
    try context.authorizer.require(
      action, on: resource, by: caller, request: request, context: keys,
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
