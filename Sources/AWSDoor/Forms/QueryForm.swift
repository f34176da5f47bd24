import AWSWire
package import AdminAPI
package import HTTP
package import JSON
package import Platform

/// The query protocol: forms in, XML out.
package struct QueryForm: WireForm {
  package let overloadCode = "ServiceUnavailable"
  private let version: String
  private let namespace: String
  private let table: [ByteText: any QueryOperation]
  private let unsigned: Set<ByteText>

  /// The operations of a version of a service's API.
  ///
  /// `unsigned` names operations that nobody signs and that are not here: who calls one learns that,
  /// not that a signature is missing.
  package init(
    _ service: String, version: String, _ operations: [any QueryOperation],
    unsigned: Set<ByteText> = []
  ) {
    self.version = version
    namespace = "https://\(service).amazonaws.com/doc/\(version)/"
    table = Dictionary(
      operations.map { ($0.name.bytes, $0) }, uniquingKeysWith: { first, _ in first })
    self.unsigned = unsigned
  }

  package var operations: [String] { table.keys.sorted().map(\.string) }

  /// The version that a request names, in its body or its query.
  package static func version(of request: HTTPRequest) -> String? {
    QueryParameters(Array(request.body.prefix(4096)))["Version"] ?? request.query["Version"]
  }

  /// An operation with its parameters.
  package struct Found: Sendable {
    let operation: any QueryOperation
    let parameters: QueryParameters
  }

  package func find(_ request: HTTPRequest) throws(Refusal) -> Found {
    let isPost = request.method.bytes == "POST"
    // Read once: what is no UTF-8 takes its time.
    let parameters = isPost ? QueryParameters(request.body) : request.query
    let action = parameters["Action"]
    let version = parameters["Version"] ?? ""
    if isPost, request.headers["Authorization"] == nil, let action,
      unsigned.contains(action.bytes)
    {
      var refusal = QueryFailure.unknownAction(action, version: version).refusal
      refusal.isForAnybody = true
      throw refusal
    }
    guard !parameters.isCut else { throw QueryFailure.tooManyParameters.refusal }
    guard let action else { throw QueryFailure.missingAction.refusal }
    guard version.bytes == self.version.bytes, let operation = table[action.bytes] else {
      throw QueryFailure.unknownAction(action, version: version).refusal
    }
    guard isPost || operation.isPresigned && request.method.bytes == "GET" else {
      throw QueryFailure.notByPost(action).refusal
    }
    return Found(operation: operation, parameters: parameters)
  }

  package func note(_ found: Found, in event: inout Event) {
    event.operation = found.operation.name
  }

  package func authenticate(
    _ request: HTTPRequest, to service: AWSService, by authenticator: Authenticator
  ) throws(Refusal) -> Authenticator.Authentication {
    try authenticator.authenticate(request, to: service, style: .query)
  }

  package func read(_ found: Found, of request: SignedRequest) -> QueryCall {
    QueryCall(found.operation, request, parameters: found.parameters)
  }

  package func subject(of call: QueryCall) -> EventSubject { call.caller.subject }

  package func respond(to call: QueryCall, fault: Fault?) async throws(Refusal) -> HTTPResponse {
    let result = try await call.operation.respond(to: call)
    return AWSQueryResponse.success(
      action: call.operation.name, namespace: namespace, requestID: call.request.id,
      result: result.map { value in { value.write(to: &$0) } })
  }

  package func answer(_ refusal: Refusal, to request: HTTPRequest) -> HTTPResponse {
    AWSQueryErrorBody.response(refusal.error, namespace: namespace, requestID: request.id)
  }
}
