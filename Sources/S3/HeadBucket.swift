import AWSDoor
import HTTP
import PodIdentity

/// Says whether a bucket is there and may be listed.
enum HeadBucket: S3Operation {
  static let name = "HeadBucket"
  static let method = "HEAD"
  static let resource = S3Resource.bucket

  static func respond(to call: S3Call) async throws(S3Failure) -> HTTPResponse {
    try call.authorize("s3:ListBucket", on: call.bucketARN)
    return HTTPResponse(
      status: 200,
      headers: [
        "Content-Type": "application/xml", "x-amz-bucket-region": call.account.region,
        "x-amz-access-point-alias": "false",
      ])
  }
}
