import AWSWire
package import AdminAPI
package import HTTP
import JSON
package import Platform

/// The REST JSON protocol: the operation is in method and path.
package struct RESTJSONForm: WireForm {
  package let overloadCode = "ServiceUnavailableException"
  private let routes: RESTRoutes

  /// The operations of a service.
  package init(_ operations: [any RESTOperation]) { routes = RESTRoutes(operations) }

  package var operations: [String] { routes.names }

  package func find(_ request: HTTPRequest) throws(Refusal) -> RESTRoutes.Match {
    guard let found = routes.match(request) else {
      throw Refusal(
        AWSError(
          "UnknownOperationException", status: 404,
          "No operation answers \(request.method) \(request.rawPath)."))
    }
    return found
  }

  package func note(_ found: RESTRoutes.Match, in event: inout Event) {
    event.operation = found.operation.name
  }

  package func authenticate(
    _ request: HTTPRequest, to service: AWSService, by authenticator: Authenticator
  ) throws(Refusal) -> Authenticator.Authentication {
    // No REST service here presigns: what a link could carry is no signature.
    try authenticator.authenticate(request, to: service, style: .restJSON, takesLinks: false)
  }

  package func read(_ found: RESTRoutes.Match, of request: SignedRequest) throws(Refusal)
    -> RESTCall
  {
    RESTCall(
      found.operation, request, arguments: found.arguments,
      body: try Self.body(of: request.request))
  }

  private static func body(of request: HTTPRequest) throws(Refusal) -> JSON {
    guard !request.body.isEmpty else { return [:] }
    guard let json = try? JSON.parse(request.body), json.object != nil else {
      throw Refusal(
        AWSError("SerializationException", status: 400, "The request's body is not a JSON object."))
    }
    return json
  }

  package func subject(of call: RESTCall) -> EventSubject {
    call.operation.subject(of: call.body, caller: call.caller)
  }

  package func respond(to call: RESTCall, fault: Fault?) async throws(Refusal) -> HTTPResponse {
    var call = call
    call.fault = fault
    var response = HTTPResponse.json(200, try await call.operation.respond(to: call))
    response.headers["x-amzn-RequestId"] = call.request.id
    return response
  }

  package func answer(_ refusal: Refusal, to request: HTTPRequest) -> HTTPResponse {
    AWSRESTJSONErrorBody.response(refusal.error, requestID: request.id)
  }
}
