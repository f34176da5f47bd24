// The room of S3, an operation a file: buckets are folders, objects their files. It knows no other
// service and not how calls are let in (AWSDoor).

package import AWSDoor
import AWSWire
import IAMPolicy

extension AWSService {
  /// S3; only a signature tells that a request at the common address is for it.
  package static let s3 = AWSService(
    signingName: "s3", operations: S3Form.table.map { $0.name },
    errors: [
      AWSError("SlowDown", status: 503, "Please reduce your request rate."),
      AWSError(
        "InternalError", status: 500, "We encountered an internal error. Please try again."),
      AWSError("ServiceUnavailable", status: 503, "Please reduce your request rate."),
      AWSError("AccessDenied", status: 403, "Access Denied"),
      AWSError("ExpiredToken", status: 400, "The provided token has expired."),
      AWSError("NoSuchBucket", status: 404, "The specified bucket does not exist"),
      AWSError("NoSuchKey", status: 404, "The specified key does not exist."),
      AWSError(
        "RequestTimeout", status: 400,
        "Your socket connection to the server was not read from or written to within the timeout "
          + "period."),
      AWSError(
        "RequestTimeTooSkewed", status: 403,
        "The difference between the request time and the current time is too large."),
    ],
    conditionKeys: ConditionKeys(
      [
        ConditionKey("s3:ResourceAccount"), ConditionKey("s3:authType"),
        ConditionKey("s3:signatureversion"), ConditionKey("s3:signatureAge", .numeric),
        ConditionKey("s3:prefix"), ConditionKey("s3:delimiter"),
        ConditionKey("s3:max-keys", .numeric),
      ] + S3RequestKeys.headers.map { ConditionKey("s3:\($0)") }),
    isMeant: { _ in false })
}

extension ServedService {
  /// S3 of these buckets.
  package static func s3(buckets: BucketFolder) -> ServedService {
    ServedService(.s3, by: S3Form(buckets: buckets))
  }
}

extension S3Form {
  /// The operations.
  static let table: [any S3Operation.Type] = [
    ListBuckets.self, CreateBucket.self, HeadBucket.self, DeleteBucket.self,
    GetBucketLocation.self, ListObjectsV2.self, HeadObject.self, GetObject.self, PutObject.self,
    DeleteObject.self,
  ]
}
