import AWSDoor
import AWSWire
import HTTP
import JSON
import PodIdentity

/// Who signed a request to S3, and what the signature says of its body.
enum S3Authentication {
  /// Verifies the head of a request as S3 does; of the body it reads nothing.
  static func authenticate(
    _ request: HTTPRequest, to service: AWSService, by authenticator: Authenticator
  ) throws(S3Failure) -> Authenticator.Authentication {
    guard request.query["AWSAccessKeyId"] == nil else {
      // Signature version 2, as some clients presign unless told otherwise.
      throw .invalidRequest(
        "The authorization mechanism you have provided is not supported. Please use "
          + "AWS4-HMAC-SHA256.")
    }
    let field = try payload(of: request).field
    do throws(SigV4Failure) {
      return try authenticator.authenticate(
        request, service: service, region: authenticator.account.region, payloadHash: field)
    } catch { throw .signature(error, isPresigned: isPresigned(request)) }
  }

  /// What the signature says of the body, which is not read yet: the text that it covers, and its
  /// meaning.
  static func payload(
    of request: HTTPRequest
  ) throws(S3Failure) -> (field: String, hash: S3PayloadHash) {
    let field = try payloadHash(request)
    guard let hash = S3PayloadHash(field) else {
      throw .invalidArgument(
        "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, "
          + "STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER, "
          + "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD, "
          + "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER or a valid sha256 value.",
        name: "x-amz-content-sha256")
    }
    return (field, hash)
  }

  private static func isPresigned(_ request: HTTPRequest) -> Bool {
    request.headers["Authorization"] == nil
  }

  private static func payloadHash(_ request: HTTPRequest) throws(S3Failure) -> String {
    if let field = request.headers["x-amz-content-sha256"] { return field }
    if isPresigned(request) { return request.query["X-Amz-Content-Sha256"] ?? "UNSIGNED-PAYLOAD" }
    // A header that cannot be read is told first.
    do throws(SigV4Failure) { _ = try SigV4Authorization(request) } catch {
      throw .signature(error, isPresigned: false)
    }
    throw .invalidRequest("Missing required header for this request: x-amz-content-sha256")
  }
}
