import AWSWire
import HTTP
import Platform

/// Lists the keys of a bucket, a page at a time, those below a delimiter rolled up.
enum ListObjectsV2: S3Operation {
  static let name = "ListObjectsV2"

  /// What a page holds, in the order of the keys.
  private enum Entry {
    case key(String)
    case commonPrefix(String)

    var text: String {
      switch self {
      case .key(let text), .commonPrefix(let text): text
      }
    }
  }

  static func respond(to call: S3Call) async throws(S3Failure) -> HTTPResponse {
    let query = call.request.query
    let prefix = query["prefix"] ?? ""
    let delimiter = query["delimiter"] ?? ""
    var keys = ["s3:prefix": [prefix], "s3:delimiter": [delimiter]]
    for (name, value) in keys where value == [""] && query[String(name.dropFirst(3))] == nil {
      keys[name] = nil
    }
    let limit = try limit(query["max-keys"], name: "max-keys", most: 1000) ?? 1000
    keys["s3:max-keys"] = query["max-keys"].map { [$0] }
    try call.authorize("s3:ListBucket", on: call.bucketARN, context: keys)
    let isEncoded = query["encoding-type"] == "url"
    if let type = query["encoding-type"], type != "url" {
      throw .invalidArgument("Invalid Encoding Method specified in Request", name: "encoding-type")
    }
    let start = try start(query)
    let all = await call.folder.keys(in: call.bucket, prefix: prefix)
    let (page, isTruncated) = Self.page(
      all, prefix: prefix, delimiter: delimiter, after: start, limit: limit)
    var objects: [StoredObject] = []
    for case .key(let key) in page {
      // One that was removed in between is left out.
      if let object = await call.folder.object(key, in: call.bucket) { objects.append(object) }
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
          where object.metadata.checksums.contains(where: { $0.header == checksum.header }) {
            writer.element("ChecksumAlgorithm", checksum.algorithm)
          }
          writer.element("Size", "\(object.size)")
          if query["fetch-owner"] == "true" {
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

  private static func page(
    _ keys: [String], prefix: String, delimiter: String, after start: String, limit: Int
  ) -> ([Entry], isTruncated: Bool) {
    var page: [Entry] = []
    guard limit > 0 else { return ([], false) }
    for key in keys {
      var entry = Entry.key(key)
      if !delimiter.isEmpty, let end = Self.end(of: delimiter, in: key, from: prefix) {
        entry = .commonPrefix(end)
      }
      guard start.utf8.lexicographicallyPrecedes(entry.text.utf8) else { continue }
      if case .commonPrefix(let text) = entry, case .commonPrefix(text) = page.last { continue }
      if page.count == limit { return (page, true) }
      page.append(entry)
    }
    return (page, false)
  }

  /// The key up to the first delimiter after the prefix, the delimiter included.
  private static func end(of delimiter: String, in key: String, from prefix: String) -> String? {
    let rest = Array(key.utf8.dropFirst(prefix.utf8.count))
    let wanted = Array(delimiter.utf8)
    guard rest.count >= wanted.count else { return nil }
    for position in 0...(rest.count - wanted.count)
    where rest[position..<(position + wanted.count)].elementsEqual(wanted) {
      return prefix + String(decoding: rest[..<(position + wanted.count)], as: UTF8.self)
    }
    return nil
  }
}
