import AWSDoor
import HTTP
import JSON

/// What a request to S3 is about: the bucket, the key and the operation.
struct S3Route: Sendable {
  let operation: any S3Operation.Type
  let bucket: String
  let key: String

  /// Query parameters that choose an operation that is not here.
  private static let subresources: Set<ByteText> = [
    "accelerate", "acl", "analytics", "append", "attributes", "cors", "delete", "encryption",
    "intelligent-tiering", "inventory", "legal-hold", "lifecycle", "logging", "metadataTable",
    "metrics", "notification", "object-lock", "ownershipControls", "partNumber", "policy",
    "policyStatus", "publicAccessBlock", "replication", "requestPayment", "restore", "retention",
    "select", "session", "tagging", "torrent", "uploadId", "uploads", "versionId", "versioning",
    "versions", "website",
  ]

  /// What to do instead, where clients choose such a call by themselves.
  private static func way(_ name: String) -> String {
    name.bytes == "uploads"
      ? " (an upload in parts, which SDKs begin at 8 MB unless their multipart_threshold is higher)"
      : ""
  }

  /// Finds the operation; `Bucket/key` in the path is decoded once.
  init(
    _ request: HTTPRequest, among operations: [any S3Operation.Type]
  ) throws(S3Failure) {
    let path = Substring(request.rawPath.utf8.drop { $0 == UInt8(ascii: "/") })
    let (first, rest) = path.bytes.cut(at: "/")
    guard let bucket = PercentEncoding.decode(first), let key = PercentEncoding.decode(rest ?? "")
    else { throw .invalidURI }
    let query = request.query
    if let other = query.pairs.first(where: { Self.subresources.contains($0.name.bytes) }) {
      throw .notImplemented("\(request.method) with ?\(other.name)\(Self.way(other.name))")
    }
    if request.headers["x-amz-copy-source"] != nil { throw .notImplemented("CopyObject") }
    let resource: S3Resource = bucket.isEmpty ? .account : key.isEmpty ? .bucket : .object
    let found = operations.first { operation in
      guard operation.resource == resource, operation.method.bytes == request.method.bytes else {
        return false
      }
      guard let parameter = operation.parameter else { return true }
      guard let value = query[parameter.name] else { return false }
      return parameter.value.map { $0.bytes == value.bytes } ?? true
    }
    guard let found else {
      let known = ["GET", "HEAD", "PUT", "POST", "DELETE"].contains(request.method.bytes)
      guard known else { throw .methodNotAllowed }
      throw .notImplemented("\(request.method) \(request.rawPath)")
    }
    operation = found
    self.bucket = bucket
    self.key = key
  }
}
