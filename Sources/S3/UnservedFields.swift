import AWSDoor
import HTTP
import JSON

/// Header fields that ask for more than this S3 does; none is dropped with success.
enum UnservedFields {
  /// A field, with the values that ask for nothing beyond what is done anyway.
  private typealias Field = (name: String, harmless: [ByteText])

  private static let customerKeys: [Field] = [
    ("x-amz-server-side-encryption-customer-algorithm", []),
    ("x-amz-server-side-encryption-customer-key", []),
    ("x-amz-server-side-encryption-customer-key-md5", []),
  ]
  private static let ofObjects: [Field] =
    customerKeys + [
      ("x-amz-tagging", []), ("x-amz-website-redirect-location", []),
      ("x-amz-storage-class", ["STANDARD"]), ("x-amz-server-side-encryption", ["AES256"]),
      ("x-amz-server-side-encryption-aws-kms-key-id", []),
      ("x-amz-server-side-encryption-context", []),
      ("x-amz-server-side-encryption-bucket-key-enabled", ["false"]),
      ("x-amz-object-lock-mode", []), ("x-amz-object-lock-retain-until-date", []),
      ("x-amz-object-lock-legal-hold", ["OFF"]), ("x-amz-write-offset-bytes", []),
    ]
  private static let ofBuckets: [Field] = [
    ("x-amz-bucket-object-lock-enabled", ["false"]),
    ("x-amz-object-ownership", ["BucketOwnerEnforced"]),
  ]
  private static let grants = [
    "x-amz-grant-full-control", "x-amz-grant-read", "x-amz-grant-read-acp",
    "x-amz-grant-write", "x-amz-grant-write-acp",
  ]

  /// Refuses to write an object otherwise than it is done, or with an ACL: buckets do not allow those
  /// unless their owner asks for it (S3 User Guide, Controlling ownership of objects).
  static func checkWriting(_ call: S3Call) throws(S3Failure) {
    if setsACL(call.request, but: "bucket-owner-full-control") { throw .noACLs }
    try check(call, ofObjects)
  }

  /// Refuses to read an object by a key of the caller's.
  static func checkReading(_ call: S3Call) throws(S3Failure) { try check(call, customerKeys) }

  /// Refuses a bucket of another kind than there is here.
  static func checkBucket(_ call: S3Call) throws(S3Failure) {
    if setsACL(call.request, but: "private") { throw .noBucketACLs }
    try check(call, ofBuckets)
  }

  private static func setsACL(_ request: HTTPRequest, but harmless: ByteText) -> Bool {
    request.headers["x-amz-acl"].map { $0.bytes != harmless } ?? false
      || grants.contains { request.headers[$0] != nil }
  }

  private static func check(_ call: S3Call, _ fields: [Field]) throws(S3Failure) {
    for (name, harmless) in fields {
      guard let value = call.request.headers[name], !harmless.contains(value.bytes) else {
        continue
      }
      throw .notImplemented("\(call.operation.name) with \(name)")
    }
  }
}
