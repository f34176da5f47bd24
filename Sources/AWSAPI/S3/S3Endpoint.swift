import AWSWire
import AdminAPI
import Cryptography
package import HTTP
import JSON
import Platform

/// S3 at an address of its own: path-style requests, each signed and allowed by a policy.
package struct S3Endpoint: HTTPHandler {
  private let context: AWSAPIContext
  private let authenticator: Authenticator
  private let folder: BucketFolder
  private let ownsBuckets: Bool

  /// S3 over the folder of buckets at a path, which is made where it is missing.
  ///
  /// A folder that the operator named holds what is the operator's, so a reset leaves it alone.
  package init(
    context: AWSAPIContext, authenticator: Authenticator, buckets path: String,
    ownsBuckets: Bool
  ) throws {
    self.ownsBuckets = ownsBuckets
    self.context = context
    self.authenticator = authenticator
    folder = try BucketFolder(path: path)
  }

  /// Removes all buckets with their objects.
  package func reset() async {
    if ownsBuckets { await folder.removeAll() }
  }

  package func respond(to request: HTTPRequest) async -> HTTPResponse {
    let start = ContinuousClock.now
    // Files block, so the loops are left.
    var (response, event) = await withTaskExecutorPreference(globalConcurrentExecutor) {
      await answer(request)
    }
    event.duration = ContinuousClock.now - start
    context.events.record(event)
    response.headers["x-amz-request-id"] = request.id
    response.headers["x-amz-id-2"] = request.id
    return response
  }

  private func answer(_ request: HTTPRequest) async -> (HTTPResponse, Event) {
    var event = Event(operation: "S3", requestID: request.id)
    do throws(S3Failure) {
      let route: S3Route
      do throws(S3Failure) { route = try S3Route(request) } catch {
        // Who is not known learns nothing else.
        _ = try authenticate(request)
        throw error
      }
      event.operation = route.operation.name
      if !route.bucket.isEmpty { event.details["bucket"] = .string(route.bucket) }
      if !route.key.isEmpty { event.details["key"] = .string(route.key) }
      let call = try authenticatedCall(request, route)
      event.subject = call.caller.subject
      event.details["caller"] = .string(call.caller.arn)
      if !route.bucket.isEmpty {
        guard BucketFolder.isBucketName(route.bucket) else {
          throw .invalidBucketName(route.bucket)
        }
        if route.operation != CreateBucket.self {
          guard await folder.hasBucket(route.bucket) else { throw .noBucket(route.bucket) }
        }
      }
      let fault = context.faults.meet(event.operation, event.subject)
      if let fault {
        event.note(fault)
        let answer = await fault.answerInstead {
          S3ErrorBody.response(
            AWSError($0), resource: String(request.rawPath), requestID: request.id,
            hostID: request.id, members: [])
        }
        if let answer { return (answer, event) }
      }
      let response = try await route.operation.respond(to: call)
      return (fault?.spoil(response) ?? response, event)
    } catch {
      event.outcome = error.error.code
      event.check = error.check
      if error.check == "authentication" { event.subject = authenticator.subject(of: request) }
      event.reason = error.reason
      if error.error.status >= 500, error.error.status != 501 {
        context.log.error(error.reason, ["requestId": .string(request.id)])
      }
      let response = S3ErrorBody.response(
        error.error, resource: String(request.rawPath), requestID: request.id,
        hostID: request.id, members: error.members)
      return (response, event)
    }
  }

  private func authenticate(
    _ request: HTTPRequest
  ) throws(S3Failure) -> (Authenticator.Authentication, payloadHash: String) {
    if request.query["AWSAccessKeyId"] != nil {
      // Signature version 2, as some clients presign unless told otherwise.
      throw .invalidRequest(
        "The authorization mechanism you have provided is not supported. Please use "
          + "AWS4-HMAC-SHA256.")
    }
    do throws(SigV4Failure) {
      let isPresigned = request.headers["Authorization"] == nil
      let payloadHash =
        request.headers["x-amz-content-sha256"] ?? (isPresigned ? "UNSIGNED-PAYLOAD" : "")
      let found = try authenticator.authenticate(
        request, service: .s3, payloadHash: payloadHash)
      if payloadHash.utf8.count == 64, payloadHash != SHA256.hex(request.body) {
        throw .wrongPayload
      }
      return (found, payloadHash)
    } catch { throw .signature(error) }
  }

  private func authenticatedCall(
    _ request: HTTPRequest, _ route: S3Route
  ) throws(S3Failure) -> S3Call {
    let (authentication, payloadHash) = try authenticate(request)
    guard !payloadHash.isEmpty else {
      throw .invalidRequest("Missing required header for this request: x-amz-content-sha256")
    }
    var body = request.body
    var trailers: [(name: String, value: String)] = []
    if AWSChunkedBody.isAnnounced(by: payloadHash) {
      do throws(AWSChunkedBody.Failure) {
        let decoded = try AWSChunkedBody(
          request, payloadHash: payloadHash, authorization: authentication.authorization,
          secret: authentication.secretAccessKey)
        body = decoded.data
        trailers = decoded.trailers
      } catch .wrongSignature {
        throw .signature(.wrongSignature(canonicalRequest: "", stringToSign: ""))
      } catch { throw .incompleteBody }
    } else if request.headers["Content-Encoding"]?.contains("aws-chunked") == true {
      throw .invalidRequest("aws-chunked needs a x-amz-content-sha256 that begins STREAMING-")
    }
    return S3Call(
      folder: folder, authorizer: context.authorizer, account: context.account,
      caller: authentication.caller, request: request, bucket: route.bucket, key: route.key,
      body: body, trailers: trailers)
  }
}
