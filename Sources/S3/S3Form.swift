import AWSDoor
import AWSWire
import AdminAPI
import HTTP
import JSON
import Platform
import PodIdentity

/// S3's REST XML: path-style requests whose bodies are streams.
struct S3Form: WireForm {
  /// The largest body that is no object, in bytes.
  private static let documentLimit = 64 << 10

  let overloadCode = "SlowDown"
  /// No byte of a body is read before its head was verified.
  let bodyPlan = HTTPBodyPlan.stream
  /// Files block.
  let blocks = true
  let unknownOperation = EventOperation.unknownOfS3
  private let buckets: BucketFolder

  /// How S3 is called, of these buckets.
  init(buckets: BucketFolder) { self.buckets = buckets }

  var operations: [String] { Self.table.map { $0.name } }

  func find(_ request: HTTPRequest) throws(Refusal) -> S3Route {
    do throws(S3Failure) { return try S3Route(request, among: Self.table) } catch {
      throw error.refusal
    }
  }

  func note(_ found: S3Route, in event: inout Event) {
    event.operation = found.operation.name
    if !found.bucket.isEmpty { event.details["bucket"] = .string(found.bucket) }
    if !found.key.isEmpty { event.details["key"] = .string(found.key) }
  }

  func authenticate(
    _ request: HTTPRequest, to service: AWSService, by authenticator: Authenticator
  ) throws(Refusal) -> Authenticator.Authentication {
    do throws(S3Failure) {
      return try S3Authentication.authenticate(request, to: service, by: authenticator)
    } catch { throw error.refusal }
  }

  func read(_ found: S3Route, of request: SignedRequest) async throws(Refusal) -> S3Call {
    do throws(S3Failure) {
      let call = S3Call(
        route: found, buckets: buckets, request: request,
        body: try S3RequestBody(request.request, authentication: request.authentication))
      try await call.checkBucket()
      return call
    } catch { throw error.refusal }
  }

  func subject(of call: S3Call) -> EventSubject { call.caller.subject }

  func respond(to call: S3Call, fault: Fault?) async throws(Refusal) -> HTTPResponse {
    do throws(S3Failure) {
      var call = call
      if !call.operation.readsBody {
        call.content = try await call.body.collect(limit: Self.documentLimit)
      }
      return try await call.operation.respond(to: call)
    } catch { throw error.refusal }
  }

  func answer(_ refusal: Refusal, to request: HTTPRequest) -> HTTPResponse {
    S3ErrorBody.response(
      refusal.error, resource: String(request.rawPath), requestID: request.id,
      hostID: request.id, members: refusal.members)
  }

  func finish(_ response: inout HTTPResponse, to request: HTTPRequest) {
    response.headers["x-amz-request-id"] = request.id
    response.headers["x-amz-id-2"] = request.id
  }
}
