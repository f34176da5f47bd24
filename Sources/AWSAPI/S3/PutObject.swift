import Cryptography
import HTTP
import Platform

/// Keeps an object, once all digests that came with it hold.
enum PutObject: S3Operation {
  static let name = "PutObject"

  static func respond(to call: S3Call) async throws(S3Failure) -> HTTPResponse {
    try call.authorize("s3:PutObject", on: call.objectARN)
    let key = try ObjectKey(call.key)
    let digest = MD5.digest(call.body)
    if let sent = call.field("Content-MD5") {
      guard let bytes = Base64.decode(sent), bytes.count == 16 else { throw .invalidDigest }
      guard bytes == digest else { throw .badDigest("Content-MD5") }
    }
    let existing = await call.folder.object(call.key, in: call.bucket)
    if let none = call.field("If-None-Match") {
      guard none == "*" else { throw .notImplemented("If-None-Match with an entity tag") }
      if existing != nil { throw .preconditionFailed("If-None-Match") }
    }
    if let match = call.field("If-Match") {
      guard let existing else { throw .noKey(call.key) }
      guard ObjectHead.names(match, existing.etag) else { throw .preconditionFailed("If-Match") }
    }
    let metadata = try metadata(of: call, md5: Hex.encode(digest))
    try await call.folder.write(call.body, metadata: metadata, to: key, in: call.bucket)
    var headers: HTTPHeaders = [
      "ETag": "\"\(metadata.md5)\"", "x-amz-server-side-encryption": "AES256",
    ]
    for checksum in metadata.checksums { headers[checksum.header] = checksum.value }
    if !metadata.checksums.isEmpty { headers["x-amz-checksum-type"] = "FULL_OBJECT" }
    return HTTPResponse(status: 200, headers: headers)
  }

  private static func metadata(
    of call: S3Call, md5: String
  ) throws(S3Failure) -> ObjectMetadata {
    var metadata = ObjectMetadata()
    metadata.md5 = md5
    metadata.contentType = call.field("Content-Type")
    for name in ObjectMetadata.kept {
      guard var value = call.request.headers[name] else { continue }
      if name == "Content-Encoding" {
        // The encoding of the transfer is not one of the object.
        value = value.split(separator: ",").map { $0.drop { $0 == " " } }
          .filter { $0 != "aws-chunked" && !$0.isEmpty }.joined(separator: ",")
        if value.isEmpty { continue }
      }
      metadata.headers.append((name, value))
    }
    var size = 0
    for field in call.request.headers.fields {
      let name = field.name.lowercased()
      guard name.hasPrefix("x-amz-meta-") else { continue }
      metadata.user.append((String(name.dropFirst(11)), field.value))
      size += name.utf8.count - 11 + field.value.utf8.count
    }
    guard size <= 2048 else {
      throw .invalidArgument(
        "Your metadata headers exceed the maximum allowed metadata size.", name: "x-amz-meta")
    }
    for checksum in ObjectChecksum.allCases {
      guard let sent = call.field(checksum.header) else { continue }
      let value = checksum.value(of: call.body)
      guard sent == value else { throw .badDigest(checksum.algorithm) }
      metadata.checksums.append((checksum.header, value))
    }
    return metadata
  }
}
