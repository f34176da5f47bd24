import AWSWire
import AdminAPI
import HTTP
import JSON
import Platform

/// Where requests of the query services come in: forms in, XML out.
struct QueryDoor {
  let context: AWSAPIContext
  let authenticator: Authenticator

  static let sts: [String: any QueryOperation.Type] = table([GetCallerIdentity.self])
  static let iam: [String: any QueryOperation.Type] = table([
    CreateRole.self, GetRole.self, ListRoles.self, DeleteRole.self, UpdateAssumeRolePolicy.self,
    PutRolePolicy.self, GetRolePolicy.self, ListRolePolicies.self, DeleteRolePolicy.self,
    ListAttachedRolePolicies.self, ListInstanceProfilesForRole.self,
    CreateOpenIDConnectProvider.self, GetOpenIDConnectProvider.self,
    ListOpenIDConnectProviders.self, DeleteOpenIDConnectProvider.self,
  ])

  private static func table(
    _ operations: [any QueryOperation.Type]
  ) -> [String: any QueryOperation.Type] {
    Dictionary(operations.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// Answers a request, and notes in `event` what became of it.
  func answer(
    _ request: HTTPRequest, service: AWSService, event: inout Event
  ) async -> HTTPResponse {
    let namespace = QueryNamespace(of: service)
    do throws(Refusal) {
      let caller = try authenticator.caller(of: request, service: service)
      event.details["caller"] = .string(caller.arn)
      event.subject = caller.subject
      let (operation, parameters) = try operation(request, service: service)
      event.operation = operation.name
      let fault = context.faults.meet(operation.name, caller.subject)
      if let fault {
        event.note(fault)
        let answer = await fault.answerInstead {
          AWSQueryErrorBody.response(
            AWSError($0), namespace: namespace.url, requestID: request.id)
        }
        if let answer { return answer }
      }
      let result = try await operation.respond(
        to: QueryCall(context: context, caller: caller, request: request, parameters: parameters))
      let response = AWSQueryResponse.success(
        action: operation.name, namespace: namespace.url, requestID: request.id,
        result: result.map { value in { value.write(to: &$0) } })
      return fault?.spoil(response) ?? response
    } catch {
      event.note(error)
      if error.check == "authentication" {
        event.subject = authenticator.subject(of: request)
        if let (operation, _) = try? operation(request, service: service) {
          event.operation = operation.name
        }
      }
      if error.error.status >= 500 {
        context.log.error(error.reason ?? error.error.message, ["requestId": .string(request.id)])
      }
      return AWSQueryErrorBody.response(
        error.error, namespace: namespace.url, requestID: request.id)
    }
  }

  private func operation(
    _ request: HTTPRequest, service: AWSService
  ) throws(Refusal) -> (any QueryOperation.Type, QueryParameters) {
    // Presigned requests work where AWS presigns: GetCallerIdentity. All else comes by POST.
    let isForm = request.method == "POST"
    let parameters =
      isForm ? QueryParameters(String(decoding: request.body, as: UTF8.self)) : request.query
    guard let action = parameters["Action"] else { throw QueryFailure.missingAction.refusal }
    let version = parameters["Version"] ?? ""
    let operations = service == .sts ? Self.sts : Self.iam
    guard version == QueryNamespace(of: service).version, let operation = operations[action]
    else { throw QueryFailure.unknownAction(action, version: version).refusal }
    guard isForm || operation is GetCallerIdentity.Type && request.method == "GET" else {
      throw QueryFailure.notByPost(action).refusal
    }
    return (operation, parameters)
  }
}

/// The namespace of a query service's XML.
struct QueryNamespace {
  let version: String
  let url: String

  /// The namespace of STS or IAM.
  init(of service: AWSService) {
    version = service == .iam ? "2010-05-08" : "2011-06-15"
    url = "https://\(service.rawValue).amazonaws.com/doc/\(version)/"
  }
}

/// What is refused before any operation is known.
enum QueryFailure {
  case missingAction
  case unknownAction(String, version: String)
  case notByPost(String)

  /// The refusal.
  var refusal: Refusal {
    switch self {
    case .missingAction: Self.make("MissingAction", "The request has no parameter Action.")
    case .unknownAction(let action, let version):
      Self.make("InvalidAction", "Could not find operation \(action) for version \(version)")
    case .notByPost(let action):
      Self.make("InvalidAction", "The operation \(action) is answered by POST only.")
    }
  }

  private static func make(_ code: String, _ message: String) -> Refusal {
    Refusal(AWSError(code, status: 400, message))
  }
}
