import AWSDoor
import AWSWire
import HTTP
import IAMPolicy
import JSON
import Platform
import PodIdentity

/// The condition keys that S3 adds to each request (service authorization reference, "Condition keys
/// for Amazon S3").
enum S3RequestKeys {
  /// Headers that are keys under their own name: `s3:x-amz-acl` and so on, where a request has them.
  static let headers = [
    "x-amz-acl", "x-amz-content-sha256", "x-amz-copy-source", "x-amz-grant-full-control",
    "x-amz-grant-read", "x-amz-grant-read-acp", "x-amz-grant-write", "x-amz-grant-write-acp",
    "x-amz-metadata-directive", "x-amz-object-ownership", "x-amz-server-side-encryption",
    "x-amz-server-side-encryption-aws-kms-key-id",
    "x-amz-server-side-encryption-customer-algorithm", "x-amz-storage-class",
    "x-amz-website-redirect-location",
  ]

  /// The keys of a request at the time `now` of the machine, by which signatures are dated.
  static func keys(
    of request: HTTPRequest, signature: SigV4Authorization, account: AWSAccount, now: Instant
  ) -> PolicyContext {
    var keys: PolicyContext = [
      "s3:ResourceAccount": [account.id],
      "s3:authType": [signature.isPresigned ? "REST-QUERY-STRING" : "REST-HEADER"],
      "s3:signatureversion": [SigV4.algorithm],
    ]
    if let signed = Instant(basic: signature.time), signed <= now {
      // In milliseconds; the time of a signature has whole seconds.
      keys["s3:signatureAge"] = ["\((now - signed).components.seconds * 1000)"]
    }
    for name in headers { keys["s3:\(name)"] = request.headers[name].map { [$0] } }
    return keys
  }
}
