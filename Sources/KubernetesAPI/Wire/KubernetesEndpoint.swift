package import HTTP
import JSON
import Platform

/// The API server's front: who asks, may they, and which verb answers.
package struct KubernetesEndpoint: HTTPHandler {
  let cluster: Cluster
  let authenticator: TokenAuthenticator
  let authorizer: Authorizer
  let documents: OpenIDDocuments
  let reviews: ReviewEndpoint
  let discovery: APIDiscovery
  let openAPI: OpenAPIDocuments
  let faults: FaultGate
  let events: EventLog
  let log: Log

  package func immediateResponse(to request: HTTPRequest) -> HTTPResponse? {
    faults.isActive ? nil : documents.immediateResponse(to: request)
  }

  package func respond(to request: HTTPRequest) async -> HTTPResponse {
    var response: HTTPResponse
    do throws(StatusError) {
      response = try await answer(request)
    } catch {
      if error.code >= 500, error.code != 504 {
        log.error(error.message, ["requestId": .string(request.id)])
      }
      response = error.response
    }
    response.headers["Audit-Id"] = request.id
    return response
  }

  private func answer(_ request: HTTPRequest) async throws(StatusError) -> HTTPResponse {
    let user = try await user(of: request)
    let path = String(request.rawPath)
    if documents.serves(request.rawPath) {
      return try await faults.pass(KubernetesFaults.keys, request) { () throws(StatusError) in
        try await documents.respond(to: request)
      }
    }
    guard let segments = request.pathSegments else {
      throw .badRequest("the path cannot be decoded")
    }
    if segments.count >= 3, segments[0] == "api", segments[1] == "v1", segments[2] != "" {
      guard let resource = ResourcePath(segments[2...]) else {
        try authorizer.check(user, .path(verb: request.method.lowercased(), path: path))
        throw .unknownResource
      }
      return try await object(request, resource, user: user)
    }
    if segments.count >= 4, segments[0] == "apis", segments[3] != "" {
      return try await reviews.respond(to: request, segments, user: user, objects: cluster)
    }
    return try plain(request, path, user: user)
  }

  /// What lies outside of the resources.
  private func plain(
    _ request: HTTPRequest, _ path: String, user: KubernetesUser
  ) throws(StatusError) -> HTTPResponse {
    let verb = request.method == "HEAD" ? "get" : request.method.lowercased()
    let trimmed = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    try authorizer.check(user, .path(verb: verb, path: trimmed))
    let probes = ["/healthz", "/livez", "/readyz"]
    if probes.contains(trimmed) || probes.contains(where: { trimmed.hasPrefix($0 + "/") }) {
      return .text(200, "ok")
    }
    if trimmed == "/openapi/v2", verb == "get",
      let response = OpenAPIv2Document.response(to: request, version: discovery.version)
    {
      return response
    }
    guard let document = discovery.document(at: trimmed) ?? openAPI.document(at: trimmed) else {
      return .text(404, "404 page not found\n")
    }
    guard verb == "get" else { throw .methodNotAllowed }
    return KubernetesCall.json(200, document.bytes())
  }

  private func user(of request: HTTPRequest) async throws(StatusError) -> KubernetesUser {
    switch BearerToken.credential(of: request.headers) {
    case .none: return .anonymous
    case .ambiguous: throw .unauthorized
    case .token(let token):
      do throws(TokenRefusal) {
        return try await authenticator.authenticate(token, objects: cluster).user
      } catch {
        events.record(
          Event(
            operation: "Authenticate", outcome: "Unauthorized", check: "token",
            reason: error.reviewText, requestID: request.id))
        throw .unauthorized
      }
    }
  }

  private func object(
    _ request: HTTPRequest, _ path: ResourcePath, user: KubernetesUser
  ) async throws(StatusError) -> HTTPResponse {
    let kind = ResourceKind.of(path.kind)
    let query = request.query
    let isWatch = ["true", "1"].contains(query["watch"] ?? "")
    let verb = try verb(request, path, isWatch: isWatch)
    try authorizer.check(
      user,
      .resource(
        ResourceAccess(
          verb: verb, group: "", resource: kind.name, subresource: path.subresource,
          namespace: path.kind == .namespaces ? path.name : path.namespace, name: path.name)))
    if path.kind == .serviceAccounts, path.subresource == "token" {
      return try await reviews.token(request, path, user: user, objects: cluster)
    }
    guard
      path.subresource.isEmpty || (path.subresource == "status" && kind.hasStatus)
        || (path.subresource == "finalize" && path.kind == .namespaces)
    else { throw .unknownResource }
    let call = KubernetesCall(
      cluster: cluster, user: user, request: request, path: path, kind: kind, query: query)
    return try await faults.pass("\(verb) \(kind.name)", request, subject: call.subject) {
      () throws(StatusError) in try await Self.answer(call, verb: verb)
    }
  }

  private static func answer(
    _ call: KubernetesCall, verb: String
  ) async throws(StatusError) -> HTTPResponse {
    switch verb {
    case "create": try await CreateObject.respond(to: call)
    case "get": try GetObject.respond(to: call)
    case "list": try ListObjects.respond(to: call)
    case "watch": try WatchObjects.respond(to: call)
    case "update": try await UpdateObject.respond(to: call)
    case "patch": try await PatchObject.respond(to: call)
    case "delete": try await DeleteObject.respond(to: call)
    default: try await DeleteObject.respondToCollection(call)
    }
  }

  private func verb(
    _ request: HTTPRequest, _ path: ResourcePath, isWatch: Bool
  ) throws(StatusError) -> String {
    let isNamed = !path.name.isEmpty
    if path.subresource == "token" {
      guard request.method == "POST" else { throw .methodNotAllowed }
      return "create"
    }
    switch (request.method, isNamed) {
    case ("GET", true): return "get"
    case ("GET", false): return isWatch ? "watch" : "list"
    case ("POST", false): return "create"
    case ("PUT", true): return "update"
    case ("PATCH", true): return "patch"
    case ("DELETE", true) where path.subresource.isEmpty: return "delete"
    case ("DELETE", false) where path.kind != .namespaces && !path.namespace.isEmpty:
      return "deletecollection"
    case ("DELETE", false) where path.kind == .nodes: return "deletecollection"
    default: throw .methodNotAllowed
    }
  }
}
