import HTTP

/// Makes a bucket: a folder below the folder of buckets.
enum CreateBucket: S3Operation {
  static let name = "CreateBucket"

  static func respond(to call: S3Call) async throws(S3Failure) -> HTTPResponse {
    try call.authorize("s3:CreateBucket", on: call.bucketARN)
    try checkLocation(call)
    let isNew = try await call.folder.makeBucket(call.bucket)
    // Only us-east-1 answers a second time as if it were the first.
    guard isNew || call.account.region == "us-east-1" else { throw .bucketExists(call.bucket) }
    return HTTPResponse(
      status: 200, headers: ["Location": "/\(call.bucket)"])
  }

  /// Refuses a LocationConstraint that names another region than this endpoint's.
  private static func checkLocation(_ call: S3Call) throws(S3Failure) {
    let region = call.account.region
    let wanted = try location(call.body)
    if region == "us-east-1" {
      guard wanted.isEmpty else {
        throw .location(
          code: "InvalidLocationConstraint", "The specified location-constraint is not valid")
      }
    } else if wanted != region {
      throw .location(
        code: "IllegalLocationConstraintException",
        "The \(wanted.isEmpty ? "unspecified" : wanted) location constraint is incompatible for "
          + "the region specific endpoint this request was sent to.")
    }
  }

  /// The text of the body's LocationConstraint; empty without one.
  private static func location(_ body: [UInt8]) throws(S3Failure) -> String {
    guard !body.isEmpty else { return "" }
    guard let text = String(validating: body, as: UTF8.self),
      text.contains("<CreateBucketConfiguration")
    else { throw .malformedXML }
    guard let start = text.firstRange(of: "<LocationConstraint>") else { return "" }
    guard let end = text[start.upperBound...].firstRange(of: "</LocationConstraint>") else {
      throw .malformedXML
    }
    return String(text[start.upperBound..<end.lowerBound])
  }
}
