package import HTTP
import JSON
import Platform
import PodIdentity

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
    var user = try await user(of: request)
    if let impersonation = try Impersonation(request.headers) {
      user = try impersonation.user(asked: user, authorizer)
    }
    let path = String(request.rawPath)
    if documents.serves(request.rawPath) {
      return try await faults.pass(KubernetesFaults.keys, request) { () throws(StatusError) in
        try await documents.respond(to: request)
      }
    }
    guard let segments = request.pathSegments else {
      throw .badRequest("the path cannot be decoded")
    }
    if let groupVersion = GroupVersion(segments), groupVersion.hasKinds {
      guard let resource = ResourcePath(segments, groupVersion: groupVersion) else {
        try authorizer.check(
          user, .path(verb: request.method.bytes.asciiLowercased.string, path: path))
        throw .unknownResource
      }
      return try await object(request, resource, user: user)
    }
    if segments.count >= 4, segments[0].bytes == "apis", !segments[3].isEmpty {
      return try await reviews.respond(to: request, segments, user: user, objects: cluster)
    }
    return try plain(request, path, user: user)
  }

  /// What lies outside of the resources.
  private func plain(
    _ request: HTTPRequest, _ path: String, user: KubernetesUser
  ) throws(StatusError) -> HTTPResponse {
    let verb = request.method.bytes == "HEAD" ? "get" : request.method.bytes.asciiLowercased.string
    let trimmed =
      path.utf8.count > 1 && path.bytes.hasSuffix("/")
      ? String(Substring(path.utf8.dropLast())) : path
    try authorizer.check(user, .path(verb: verb, path: trimmed))
    let probes: [ByteText] = ["/healthz", "/livez", "/readyz"]
    if probes.contains(trimmed.bytes)
      || probes.contains(where: { trimmed.bytes.hasPrefix("\($0)/") })
    {
      return .text(200, "ok")
    }
    if trimmed.bytes == "/openapi/v2", verb.bytes == "get",
      let response = OpenAPIv2Document.response(to: request, version: discovery.version)
    {
      return response
    }
    guard let document = discovery.document(at: trimmed) ?? openAPI.document(at: trimmed) else {
      return .text(404, "404 page not found\n")
    }
    guard verb.bytes == "get" else { throw .methodNotAllowed }
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
            operation: EventOperation.authenticate, outcome: "Unauthorized", check: .token,
            reason: error.reviewText, requestID: request.id))
        throw .unauthorized
      }
    }
  }

  private func object(
    _ request: HTTPRequest, _ path: ResourcePath, user: KubernetesUser
  ) async throws(StatusError) -> HTTPResponse {
    let kind = path.kind
    let query = request.query
    let verb = try verb(request, path, isWatch: query.flag("watch"))
    let access = ResourceAccess(
      verb: verb, group: kind.group, resource: kind.name, subresource: path.subresource,
      namespace: kind == .namespaces ? path.name : path.namespace, name: path.name)
    try authorizer.check(user, .resource(access))
    if authorizer.mode == .restricted, let node = NodeIdentity(user) {
      let fields = try query["fieldSelector"].flatMap { text throws(StatusError) in
        text.isEmpty ? nil : try FieldSelector(text, for: kind)
      }
      if let objection = await node.objection(
        toReading: access, of: kind, fields: fields, objects: cluster)
      {
        throw Authorizer.refusal(user, access, because: objection)
      }
    }
    let subresource = ResourceKind.Subresource(named: path.subresource)
      .flatMap { kind.subresources.contains($0) ? $0 : nil }
    if subresource == .token {
      return try await reviews.token(request, path, user: user, objects: cluster)
    }
    guard
      path.subresource.isEmpty || (path.subresource.bytes == "status" && kind.hasStatus)
        || subresource != nil
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
    switch verb.bytes {
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
    if path.subresource.bytes == "token" {
      guard request.method.bytes == "POST" else { throw .methodNotAllowed }
      return "create"
    }
    switch (request.method.bytes, isNamed) {
    case ("GET", true): return "get"
    case ("GET", false): return isWatch ? "watch" : "list"
    case ("POST", false): return "create"
    case ("PUT", true): return "update"
    case ("PATCH", true): return "patch"
    case ("DELETE", true) where path.subresource.isEmpty: return "delete"
    case ("DELETE", false)
    where path.kind.deletesCollections && path.kind.isNamespaced == !path.namespace.isEmpty:
      return "deletecollection"
    default: throw .methodNotAllowed
    }
  }
}
