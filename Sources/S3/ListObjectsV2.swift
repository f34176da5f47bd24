import AWSDoor
import AWSWire
import HTTP
import IAMPolicy
import JSON
import Platform
import PodIdentity

/// Lists the keys of a bucket, a page at a time, those below a delimiter rolled up.
enum ListObjectsV2: S3Operation {
  static let name = "ListObjectsV2"
  static let method = "GET"
  static let resource = S3Resource.bucket
  static let parameter: (name: String, value: String?)? = ("list-type", "2")

  static func respond(to call: S3Call) async throws(S3Failure) -> HTTPResponse {
    let query = call.request.query
    let prefix = query["prefix"] ?? ""
    let delimiter = query["delimiter"] ?? ""
    var keys = PolicyContext()
    for name in ["prefix", "delimiter", "max-keys"] {
      keys["s3:\(name)"] = query[name].map { [$0] }
    }
    let limit = try limit(query["max-keys"], name: "max-keys", most: 1000) ?? 1000
    try call.authorize("s3:ListBucket", on: call.bucketARN, context: keys)
    let isEncoded = query["encoding-type"] != nil
    if let type = query["encoding-type"], type.bytes != "url" {
      throw .invalidArgument("Invalid Encoding Method specified in Request", name: "encoding-type")
    }
    let start = try start(query)
    let listed = await call.folder.list(
      KeyPage(prefix: prefix, delimiter: delimiter, after: start, limit: limit), in: call.bucket)
    let (page, isTruncated) = (listed.entries, listed.isTruncated)
    var objects: [StoredObject] = []
    for case .key(let key) in page {
      // One that was removed in between is left out.
      if let object = try await call.folder.object(key, in: call.bucket) { objects.append(object) }
    }
    func shown(_ text: String) -> String {
      isEncoded ? PercentEncoding.encode(text, keeping: "/") : text
    }
    let next = isTruncated ? page.last.map { Base64.encode(Array($0.text.utf8)) } : nil
    return call.xml("ListBucketResult") { writer in
      writer.element("Name", call.bucket)
      writer.element("Prefix", shown(prefix))
      writer.optional("NextContinuationToken", next)
      writer.optional("ContinuationToken", query["continuation-token"])
      writer.optional("StartAfter", query["start-after"].map(shown))
      writer.element("KeyCount", "\(page.count)")
      writer.element("MaxKeys", "\(limit)")
      if !delimiter.isEmpty { writer.element("Delimiter", shown(delimiter)) }
      if isEncoded { writer.element("EncodingType", "url") }
      writer.element("IsTruncated", isTruncated ? "true" : "false")
      for object in objects {
        writer.element("Contents") { writer in
          writer.element("Key", shown(object.key))
          writer.element("LastModified", object.modified.rfc3339Milli)
          writer.element("ETag", object.etag)
          for checksum in ObjectChecksum.allCases
          where object.metadata.checksums.contains(where: {
            $0.header.bytes == checksum.header.bytes
          }) {
            writer.element("ChecksumAlgorithm", checksum.algorithm)
          }
          writer.element("Size", "\(object.size)")
          if query["fetch-owner"]?.bytes == "true" {
            writer.element("Owner") { $0.element("ID", call.account.id) }
          }
          writer.element("StorageClass", "STANDARD")
        }
      }
      for case .commonPrefix(let text) in page {
        writer.element("CommonPrefixes") { $0.element("Prefix", shown(text)) }
      }
    }
  }

  /// A number of things per page; nil where none is given.
  static func limit(_ text: String?, name: String, most: Int) throws(S3Failure) -> Int? {
    guard let text else { return nil }
    guard text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }), let value = Int(text) else {
      throw .invalidArgument("Provided \(name) not an integer or within integer range", name: name)
    }
    return min(value, most)
  }

  /// What comes before the page: the token's key, or the one given.
  private static func start(_ query: QueryParameters) throws(S3Failure) -> String {
    guard let token = query["continuation-token"] else { return query["start-after"] ?? "" }
    guard let bytes = Base64.decode(token), !bytes.isEmpty,
      let text = String(validating: bytes, as: UTF8.self)
    else {
      throw .invalidArgument(
        "The continuation token provided is incorrect", name: "continuation-token")
    }
    return text
  }
}
