import AWSDoor
import HTTP

/// Removes an empty bucket.
enum DeleteBucket: S3Operation {
  static let name = "DeleteBucket"
  static let method = "DELETE"
  static let resource = S3Resource.bucket

  static func respond(to call: S3Call) async throws(S3Failure) -> HTTPResponse {
    try call.authorize("s3:DeleteBucket", on: call.bucketARN)
    try await call.folder.removeBucket(call.bucket)
    return HTTPResponse(status: 204)
  }
}
