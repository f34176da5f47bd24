import AWSDoor
import HTTP
import JSON
import PodIdentity

/// Says where a bucket lies: nothing inside the element means us-east-1.
enum GetBucketLocation: S3Operation {
  static let name = "GetBucketLocation"
  static let method = "GET"
  static let resource = S3Resource.bucket
  static let parameter: (name: String, value: String?)? = ("location", nil)

  static func respond(to call: S3Call) async throws(S3Failure) -> HTTPResponse {
    try call.authorize("s3:GetBucketLocation", on: call.bucketARN)
    let region = call.account.region
    var response = call.xml("Root") { _ in }
    let namespace = "http://s3.amazonaws.com/doc/2006-03-01/"
    let content = region.bytes == "us-east-1" ? "" : region
    response.body = .bytes(
      Array(
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <LocationConstraint xmlns="\(namespace)">\(content)</LocationConstraint>
        """.utf8))
    return response
  }
}
