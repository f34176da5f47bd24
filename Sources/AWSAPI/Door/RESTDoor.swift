import AWSWire
import AdminAPI
import HTTP
import JSON
import Platform

/// Where requests of the REST JSON services come in.
struct RESTDoor {
  let context: AWSAPIContext
  let authenticator: Authenticator

  static let eksAuth = RESTRoutes([AssumeRoleForPodIdentity.self])
  static let eks = RESTRoutes([
    CreatePodIdentityAssociation.self, ListPodIdentityAssociations.self,
    DescribePodIdentityAssociation.self, UpdatePodIdentityAssociation.self,
    DeletePodIdentityAssociation.self, ListClusters.self, DescribeCluster.self,
    TagResource.self, UntagResource.self, ListTagsForResource.self,
  ])

  /// Answers a request, and notes in `event` what became of it.
  func answer(
    _ request: HTTPRequest, service: AWSService, event: inout Event
  ) async -> HTTPResponse {
    let found = (service == .eksAuth ? Self.eksAuth : Self.eks).operation(for: request)
    if let found { event.operation = found.operation.name }
    let notes = CallNotes()
    defer {
      event.subject = notes.subject
      for (name, value) in notes.details { event.details[name] = value }
    }
    do throws(Refusal) {
      let caller = try authenticator.caller(of: request, service: service)
      event.details["caller"] = .string(caller.arn)
      guard let (operation, arguments) = found else { throw unknownOperation(request) }
      let body = try body(of: request)
      let fault = context.faults.meet(operation.name, operation.subject(of: body, caller: caller))
      if let fault {
        event.note(fault)
        let answer = await fault.answerInstead {
          AWSRESTJSONErrorBody.response(AWSError($0), requestID: request.id)
        }
        if let answer {
          notes.subject = operation.subject(of: body, caller: caller)
          return answer
        }
      }
      let call = RESTCall(
        context: context, caller: caller, request: request, arguments: arguments, body: body,
        notes: notes, fault: fault)
      let answer = try await operation.respond(to: call)
      note(answer, &event)
      var response = HTTPResponse.json(200, answer)
      response.headers["x-amzn-RequestId"] = request.id
      return fault?.spoil(response) ?? response
    } catch {
      event.note(error)
      if error.check == "authentication" { event.subject = authenticator.subject(of: request) }
      if error.error.status >= 500 {
        context.log.error(error.reason ?? error.error.message, ["requestId": .string(request.id)])
      }
      return AWSRESTJSONErrorBody.response(error.error, requestID: request.id)
    }
  }

  private func body(of request: HTTPRequest) throws(Refusal) -> JSON {
    guard !request.body.isEmpty else { return [:] }
    guard let json = try? JSON.parse(request.body), json.object != nil else {
      throw Refusal(
        AWSError("SerializationException", status: 400, "The request's body is not a JSON object."))
    }
    return json
  }

  private func unknownOperation(_ request: HTTPRequest) -> Refusal {
    Refusal(
      AWSError(
        "UnknownOperationException", status: 404,
        "No operation answers \(request.method) \(request.rawPath)."))
  }

  /// Notes whom credentials were issued to, and as whom.
  private func note(_ answer: JSON, _ event: inout Event) {
    guard let role = answer.at("assumedRoleUser", "arn") else { return }
    event.details["assumedRole"] = role
    event.details["association"] = answer.at("podIdentityAssociation", "associationId")
  }
}
