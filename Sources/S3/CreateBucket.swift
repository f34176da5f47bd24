import AWSDoor
import HTTP
import JSON
import PodIdentity

/// Makes a bucket: a folder below the folder of buckets.
enum CreateBucket: S3Operation {
  static let name = "CreateBucket"
  static let method = "PUT"
  static let resource = S3Resource.bucket
  static let needsBucket = false

  static func respond(to call: S3Call) async throws(S3Failure) -> HTTPResponse {
    try call.authorize("s3:CreateBucket", on: call.bucketARN)
    try UnservedFields.checkBucket(call)
    try checkLocation(call)
    let isNew = try await call.folder.makeBucket(call.bucket)
    // Only us-east-1 answers a second time as if it were the first.
    guard isNew || call.account.region.bytes == "us-east-1" else {
      throw .bucketExists(call.bucket)
    }
    return HTTPResponse(
      status: 200, headers: ["Location": "/\(call.bucket)"])
  }

  /// Refuses a LocationConstraint that names another region than this endpoint's.
  private static func checkLocation(_ call: S3Call) throws(S3Failure) {
    let region = call.account.region
    let wanted = try location(call.content)
    if region.bytes == "us-east-1" {
      guard wanted.isEmpty else {
        throw .location(
          code: "InvalidLocationConstraint", "The specified location-constraint is not valid")
      }
    } else if wanted.bytes != region.bytes {
      throw .location(
        code: "IllegalLocationConstraintException",
        "The \(wanted.isEmpty ? "unspecified" : wanted) location constraint is incompatible for "
          + "the region specific endpoint this request was sent to.")
    }
  }

  /// The text of the body's LocationConstraint; empty without one.
  private static func location(_ body: [UInt8]) throws(S3Failure) -> String {
    guard !body.isEmpty else { return "" }
    guard String(validating: body, as: UTF8.self) != nil,
      body.firstRange(of: Array("<CreateBucketConfiguration".utf8)) != nil
    else { throw .malformedXML }
    guard let start = body.firstRange(of: Array("<LocationConstraint>".utf8)) else { return "" }
    let rest = body[start.upperBound...]
    guard let end = rest.firstRange(of: Array("</LocationConstraint>".utf8)) else {
      throw .malformedXML
    }
    return String(decoding: rest[..<end.lowerBound], as: UTF8.self)
  }
}
