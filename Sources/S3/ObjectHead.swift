import AWSDoor
import HTTP
import JSON
import Platform

/// What GetObject and HeadObject answer before any byte of the object.
struct ObjectHead {
  let object: StoredObject
  let request: HTTPRequest

  /// The object's fields, with what the query overrides (`response-content-type`, ...).
  var headers: HTTPHeaders {
    var headers: HTTPHeaders = [
      "Last-Modified": object.modified.httpDate, "ETag": object.etag, "Accept-Ranges": "bytes",
      "x-amz-server-side-encryption": "AES256",
    ]
    headers["Content-Type"] = object.metadata.contentType ?? "binary/octet-stream"
    for field in object.metadata.headers { headers[field.name] = field.value }
    for field in object.metadata.user { headers["x-amz-meta-\(field.name)"] = field.value }
    if request.headers["x-amz-checksum-mode"]?.uppercased().bytes == "ENABLED",
      request.headers["Range"] == nil, !object.metadata.checksums.isEmpty
    {
      for checksum in object.metadata.checksums { headers[checksum.header] = checksum.value }
      headers["x-amz-checksum-type"] = "FULL_OBJECT"
    }
    let query = request.query
    for name in ObjectMetadata.kept + ["Content-Type"] {
      if let value = query["response-\(name.lowercased())"] { headers[name] = value }
    }
    return headers
  }

  /// The answer of the conditional fields (RFC 9110 section 13.2.2); nil where they hold.
  func unmetCondition() throws(S3Failure) -> HTTPResponse? {
    let fields = request.headers
    if let match = fields["If-Match"] {
      guard Self.names(match, object.etag) else { throw .preconditionFailed("If-Match") }
    } else if let date = fields["If-Unmodified-Since"].flatMap({ Instant(httpDate: $0) }),
      object.modified.wholeSeconds > date
    {
      throw .preconditionFailed("If-Unmodified-Since")
    }
    let isUnchanged: Bool
    if let none = fields["If-None-Match"] {
      isUnchanged = Self.names(none, object.etag)
    } else if let date = fields["If-Modified-Since"].flatMap({ Instant(httpDate: $0) }) {
      isUnchanged = object.modified.wholeSeconds <= date
    } else {
      isUnchanged = false
    }
    guard isUnchanged else { return nil }
    return HTTPResponse(
      status: 304, headers: ["ETag": object.etag, "Last-Modified": object.modified.httpDate])
  }

  /// Whether a list of entity tags names one; quotes may be missing.
  static func names(_ list: String, _ etag: String) -> Bool {
    list.bytes.split(separator: ",").contains { item in
      let text = Substring(item.utf8.drop { $0 == 0x20 }).bytes
      return text == "*" || text == etag.bytes || "\"\(text)\"".bytes == etag.bytes
    }
  }
}

/// A `Range` field: one range of bytes, as S3 takes it; any other is ignored.
enum ByteRange {
  /// The bytes of an object of this size; nil for all of it.
  static func range(_ text: String?, size: Int) throws(S3Failure) -> Range<Int>? {
    guard let text, text.bytes.hasPrefix("bytes="), !text.utf8.contains(0x2C) else { return nil }
    let parts = Substring(text.utf8.dropFirst(6)).bytes
      .split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ $0.utf8.allSatisfy { 0x30...0x39 ~= $0 } }) else {
      return nil
    }
    if parts[0].isEmpty {
      guard let count = Int(parts[1]) else { return nil }
      guard count > 0, size > 0 else { throw .invalidRange(text, size: size) }
      return max(0, size - count)..<size
    }
    guard let first = Int(parts[0]) else { return nil }
    let last = parts[1].isEmpty ? size - 1 : Int(parts[1]) ?? size - 1
    if !parts[1].isEmpty, last < first { return nil }
    guard first < size else { throw .invalidRange(text, size: size) }
    return first..<(min(last, size - 1) + 1)
  }
}
