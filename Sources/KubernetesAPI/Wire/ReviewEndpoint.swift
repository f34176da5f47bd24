import AdminAPI
import HTTP
import JSON
import Platform

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
      let fault = faults.faults.meet(event.operation, event.subject)
      if let fault {
        event.note(fault)
        if let answer = await FaultGate.answerInstead(fault) { return answer }
      }
      let (object, warning) = try await issuer.create(
        .object(body), namespace: path.namespace, name: path.name,
        isNode: user.groups.contains("system:nodes"), fault: fault, objects: objects)
      event.details["audiences"] = object.at("spec", "audiences")
      event.details["expirationSeconds"] = object.at("spec", "expirationSeconds")
      event.texts = Self.decoded(object.at("status", "token")?.string ?? "")
      var response = KubernetesCall.json(201, object.bytes())
      response.warn(of: unknown.map { "unknown field \"\($0)\"" } + (warning.map { [$0] } ?? []))
      return fault?.spoil(response) ?? response
    } catch {
      event.outcome = error.reason
      event.check = "token-request"
      event.reason = error.message
      throw error
    }
  }

  /// What a token says, for the event log: header and claims, never the signature that makes it one.
  private static func decoded(_ token: String) -> [(name: String, json: [UInt8])] {
    zip(["header", "claims"], token.split(separator: ".")).compactMap { name, part in
      Base64.decodeURL(part).map { (name, $0) }
    }
  }

  /// `POST /apis/GROUP/v1/RESOURCE`.
  func respond(
    to request: HTTPRequest, _ segments: [String], user: KubernetesUser, objects: Cluster
  ) async throws(StatusError) -> HTTPResponse {
    let (group, version, resource) = (segments[1], segments[2], segments[3])
    let known: [String: [String]] = [
      "authentication.k8s.io/v1": ["tokenreviews", "selfsubjectreviews"],
      // kubectl before 1.28 knows no later one.
      "authentication.k8s.io/v1beta1": ["selfsubjectreviews"],
      "authorization.k8s.io/v1": [
        "selfsubjectaccessreviews", "selfsubjectrulesreviews", "subjectaccessreviews",
      ],
    ]
    guard let resources = known["\(group)/\(version)"] else {
      return .text(404, "404 page not found\n")
    }
    guard resources.contains(resource), segments.count == 4 else { throw .unknownResource }
    guard request.method == "POST" else { throw .methodNotAllowed }
    try authorizer.check(
      user, .resource(ResourceAccess(verb: "create", group: group, resource: resource)))
    let kinds = [
      "tokenreviews": "TokenReview", "selfsubjectreviews": "SelfSubjectReview",
      "selfsubjectaccessreviews": "SelfSubjectAccessReview",
      "selfsubjectrulesreviews": "SelfSubjectRulesReview",
      "subjectaccessreviews": "SubjectAccessReview",
    ]
    let kind = kinds[resource] ?? ""
    let decoded = try ObjectDecoder.decode(
      RequestBody.object(of: request, kind: kind, apiVersion: "\(group)/\(version)"), kind: kind)
    let body = JSON.object(decoded.object)
    let answer: JSON
    switch resource {
    case "tokenreviews":
      return try await faults.pass(KubernetesFaults.tokenReview, request) {
        () throws(StatusError) in
        KubernetesCall.json(201, try await tokenReview.create(body, objects: objects).bytes())
      }
    case "selfsubjectreviews":
      answer = SelfSubjectReview.create(version: version, user: user, now: clock.now)
    case "selfsubjectrulesreviews":
      answer = accessReviews.createRulesReview(body, user: user)
    default:
      answer = try accessReviews.createAccessReview(
        body, user: resource == "subjectaccessreviews" ? nil : user)
    }
    return KubernetesCall.json(201, answer.bytes())
  }
}
