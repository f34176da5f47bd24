import HTTP

/// What a request to S3 is about: the bucket, the key and the operation.
struct S3Route: Sendable {
  var bucket = ""
  var key = ""
  var operation: any S3Operation.Type

  /// The names of the operations.
  static let names =
    ([
      ListBuckets.self, CreateBucket.self, HeadBucket.self, DeleteBucket.self,
      GetBucketLocation.self, ListObjectsV2.self, HeadObject.self, GetObject.self, PutObject.self,
      DeleteObject.self,
    ] as [any S3Operation.Type]).map { $0.name }

  /// Query parameters that choose an operation that is not here.
  private static let subresources: Set<String> = [
    "accelerate", "acl", "analytics", "append", "attributes", "cors", "delete", "encryption",
    "intelligent-tiering", "inventory", "legal-hold", "lifecycle", "logging", "metadataTable",
    "metrics", "notification", "object-lock", "ownershipControls", "partNumber", "policy",
    "policyStatus", "publicAccessBlock", "replication", "requestPayment", "restore", "retention",
    "select", "session", "tagging", "torrent", "uploadId", "uploads", "versionId", "versioning",
    "versions", "website",
  ]

  /// Finds the operation; `Bucket/key` in the path is decoded once.
  init(_ request: HTTPRequest) throws(S3Failure) {
    let path = request.rawPath.drop { $0 == "/" }
    let slash = path.firstIndex(of: "/")
    guard let bucket = PercentEncoding.decode(path[..<(slash ?? path.endIndex)]),
      let key = PercentEncoding.decode(slash.map { path[path.index(after: $0)...] } ?? "")
    else { throw .invalidURI }
    let query = request.query
    if let other = query.pairs.first(where: { Self.subresources.contains($0.name) }) {
      throw .notImplemented("\(request.method) with ?\(other.name)")
    }
    if request.headers["x-amz-copy-source"] != nil { throw .notImplemented("CopyObject") }
    let found: (any S3Operation.Type)? =
      if bucket.isEmpty {
        request.method == "GET" ? ListBuckets.self : nil
      } else if key.isEmpty {
        switch request.method {
        case "HEAD": HeadBucket.self
        case "PUT": CreateBucket.self
        case "DELETE": DeleteBucket.self
        case "GET" where query["location"] != nil: GetBucketLocation.self
        case "GET" where query["list-type"] == "2": ListObjectsV2.self
        default: nil
        }
      } else {
        switch request.method {
        case "HEAD": HeadObject.self
        case "GET": GetObject.self
        case "PUT": PutObject.self
        case "DELETE": DeleteObject.self
        default: nil
        }
      }
    guard let found else {
      let known = ["GET", "HEAD", "PUT", "POST", "DELETE"].contains(request.method)
      guard known else { throw .methodNotAllowed }
      throw .notImplemented("\(request.method) \(request.rawPath)")
    }
    operation = found
    self.bucket = bucket
    self.key = key
  }
}
