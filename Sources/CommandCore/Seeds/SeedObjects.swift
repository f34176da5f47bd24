import AWSClient
import Cryptography
import HTTP
import JSON
import Platform
import PodIdentity

/// Puts buckets and objects where they are not there yet.
package struct SeedObjects: Sendable {
  let s3: AWSClient
  /// The region that buckets are made in.
  package let region: String

  /// Makes a bucket, if it is not there; says which it was.
  func makeBucket(_ name: String) async throws(AWSFailure) -> SeedOutcome {
    guard try Self.isMissing(await send("HEAD", "/\(name)")) else { return .unchanged }
    // The region that S3 takes for granted may not be named.
    let isElsewhere = region.bytes != StackDefaults.region.bytes
    let place =
      "<CreateBucketConfiguration><LocationConstraint>\(region)</LocationConstraint>"
      + "</CreateBucketConfiguration>"
    try Self.check(await send("PUT", "/\(name)", isElsewhere ? Array(place.utf8) : []))
    return .created
  }

  /// Puts an object, if it is not there with these bytes; says which it was.
  func put(
    _ bytes: [UInt8], bucket: String, key: String
  ) async throws(AWSFailure) -> SeedOutcome {
    let path = "/\(bucket)/\(PercentEncoding.encode(key, keeping: "/"))"
    let found = try await send("HEAD", path)
    let etag = "\"\(Hex.encode(MD5.digest(bytes)))\""
    let isNew = try Self.isMissing(found)
    if !isNew, found.headers["ETag"]?.bytes == etag.bytes { return .unchanged }
    try Self.check(await send("PUT", path, bytes))
    return isNew ? .created : .updated
  }

  private func send(
    _ method: String, _ path: String, _ body: [UInt8] = []
  ) async throws(AWSFailure) -> HTTPClientResponse {
    try await s3.send(
      HTTPClientRequest(method: method, url: s3.endpoint.with(target: path), body: body), to: "s3")
  }

  /// Whether a HEAD says that there is nothing; an answer that tells neither is an error.
  private static func isMissing(_ response: HTTPClientResponse) throws(AWSFailure) -> Bool {
    switch response.status {
    case 200: false
    case 404: true
    default: throw AWSFailure(response)
    }
  }

  private static func check(_ response: HTTPClientResponse) throws(AWSFailure) {
    guard response.status == 200 else { throw AWSFailure(response) }
  }
}
