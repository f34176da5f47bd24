import AWSDoor
import AWSWire
import HTTP
import JSON
import Platform
import PodIdentity

/// Lists the account's buckets.
enum ListBuckets: S3Operation {
  static let name = "ListBuckets"
  static let method = "GET"
  static let resource = S3Resource.account

  static func respond(to call: S3Call) async throws(S3Failure) -> HTTPResponse {
    try call.authorize("s3:ListAllMyBuckets", on: "arn:\(call.account.partition):s3:::*")
    let query = call.request.query
    let prefix = query["prefix"] ?? ""
    let after = query["continuation-token"] ?? ""
    let limit = try ListObjectsV2.limit(query["max-buckets"], name: "max-buckets", most: 10_000)
    let found = await call.folder.buckets().filter {
      $0.name.bytes.hasPrefix(prefix.bytes) && $0.name.bytes > after.bytes
    }
    let shown = found.prefix(limit ?? 10_000)
    return call.xml("ListAllMyBucketsResult") { writer in
      writer.element("Owner") { $0.element("ID", call.account.id) }
      writer.element("Buckets") { writer in
        for bucket in shown {
          writer.element("Bucket") { writer in
            writer.element("Name", bucket.name)
            writer.element("CreationDate", bucket.created.rfc3339Milli)
          }
        }
      }
      if let last = shown.last, shown.count < found.count {
        writer.element("ContinuationToken", last.name)
      }
      if !prefix.isEmpty { writer.element("Prefix", prefix) }
    }
  }
}
