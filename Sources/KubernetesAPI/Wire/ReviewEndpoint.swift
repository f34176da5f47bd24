import AdminAPI
import Cryptography
import HTTP
import JSON
import Platform
import PodIdentity

/// What is created and answered at once, never stored: tokens and reviews.
struct ReviewEndpoint: Sendable {
  let issuer: TokenIssuer
  let tokenReview: TokenReview
  let accessReviews: AccessReviews
  let authorizer: Authorizer
  let faults: FaultGate
  let events: EventLog
  let clock: any WallClock

  /// `POST /api/v1/namespaces/NS/serviceaccounts/NAME/token`.
  func token(
    _ request: HTTPRequest, _ path: ResourcePath, user: KubernetesUser, objects: Cluster
  ) async throws(StatusError) -> HTTPResponse {
    let start = ContinuousClock.now
    var event = Event(
      operation: KubernetesFaults.tokenRequest,
      subject: EventSubject(namespace: path.namespace, serviceAccount: path.name),
      requestID: request.id)
    defer {
      event.duration = ContinuousClock.now - start
      events.record(event)
    }
    do throws(StatusError) {
      let (body, unknown) = try ObjectDecoder.decode(
        RequestBody.object(
          of: request, kind: "TokenRequest", apiVersion: "authentication.k8s.io/v1"),
        kind: "TokenRequest")
      event.subject.pod = body["spec"]?.at("boundObjectRef", "name")?.string
      return try await faults.faults.pass(&event, render: FaultGate.render) {
        (fault, event) throws(StatusError) in
        let (object, warning) = try await issuer.create(
          .object(body), namespace: path.namespace, name: path.name,
          node: NodeIdentity(user), fault: fault, objects: objects)
        event.details["audiences"] = object.at("spec", "audiences")
        event.details["expirationSeconds"] = object.at("spec", "expirationSeconds")
        event.texts = Self.decoded(object.at("status", "token")?.string ?? "")
        var response = KubernetesCall.json(201, object.bytes())
        response.warn(
          of: unknown.map { "unknown field \"\($0)\"" } + (warning.map { [$0] } ?? []))
        return response
      }
    } catch {
      event.outcome = error.reason
      event.check = .tokenRequest
      event.reason = error.message
      throw error
    }
  }

  /// What a token says, for the event log: header and claims, never the signature that makes it one.
  private static func decoded(_ token: String) -> [(name: String, json: [UInt8])] {
    guard let token = try? JWT(compact: token) else { return [] }
    return [("header", token.header.bytes()), ("claims", token.claims.bytes())]
  }

  /// `POST /apis/GROUP/v1/RESOURCE`.
  func respond(
    to request: HTTPRequest, _ segments: [String], user: KubernetesUser, objects: Cluster
  ) async throws(StatusError) -> HTTPResponse {
    let (group, version, resource) = (segments[1], segments[2], segments[3])
    let known = ReviewKind.all(group: group, version: version)
    guard !known.isEmpty else { return .text(404, "404 page not found\n") }
    guard segments.count == 4,
      let kind = known.first(where: { $0.name.bytes == resource.bytes })?.kind
    else { throw .unknownResource }
    guard request.method.bytes == "POST" else { throw .methodNotAllowed }
    try authorizer.check(
      user, .resource(ResourceAccess(verb: "create", group: group, resource: resource)))
    let decoded = try ObjectDecoder.decode(
      RequestBody.object(of: request, kind: kind, apiVersion: "\(group)/\(version)"), kind: kind)
    let body = JSON.object(decoded.object)
    let answer: JSON
    switch kind.bytes {
    case "TokenReview":
      return try await faults.pass(KubernetesFaults.tokenReview, request) {
        () throws(StatusError) in
        KubernetesCall.json(201, try await tokenReview.create(body, objects: objects).bytes())
      }
    case "SelfSubjectReview":
      answer = SelfSubjectReview.create(version: version, user: user, now: clock.now)
    case "SelfSubjectRulesReview":
      answer = accessReviews.createRulesReview(body, user: user)
    default:
      answer = try accessReviews.createAccessReview(
        body, user: kind.bytes == "SubjectAccessReview" ? nil : user)
    }
    return KubernetesCall.json(201, answer.bytes())
  }
}
