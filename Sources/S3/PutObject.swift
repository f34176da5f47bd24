import AWSDoor
import Cryptography
import HTTP
import JSON
import Platform

/// Keeps an object, once all digests that came with it hold.
///
/// The caller is known and allowed before a byte of the object is read; it is written to a file of its
/// own as it comes, which becomes the object at the end or goes.
enum PutObject: S3Operation {
  static let name = "PutObject"
  static let method = "PUT"
  static let resource = S3Resource.object
  static let readsBody = true

  /// The largest object that one PutObject takes, in bytes, as on AWS.
  // Differs from AWS: an object is sent in one part.
  static let limit = 5 << 30

  static func respond(to call: S3Call) async throws(S3Failure) -> HTTPResponse {
    try call.authorize("s3:PutObject", on: call.objectARN)
    try UnservedFields.checkWriting(call)
    let key = try ObjectKey(call.key)
    _ = try key.path()
    let condition = try WriteCondition(call)
    var metadata = try metadata(of: call)
    let wanted = try contentMD5(of: call)
    let announced = ObjectChecksum.allCases.filter { checksum in
      call.request.headers[checksum.header] != nil
        || call.body.trailers.contains { $0.bytes == checksum.header.bytes }
    }
    let upload = try call.folder.makeUpload()
    var digests = ObjectDigests(announced)
    let trailers = try await call.body.read(limit: limit) { data throws(S3Failure) in
      digests.update(data)
      try upload.write(data)
    }
    let (md5, checksums) = digests.finish()
    if let wanted, wanted != md5 { throw .badDigest("Content-MD5") }
    metadata.md5 = Hex.encode(md5)
    for checksum in announced {
      let name = checksum.header
      let sent =
        call.request.headers[name] ?? trailers.first { $0.name.bytes == name.bytes }?.value
      guard let value = checksums[checksum], sent?.bytes == value.bytes else {
        throw .badDigest(checksum.algorithm)
      }
      metadata.checksums.append((name, value))
    }
    try await call.folder.check(condition, on: key, in: call.bucket)
    try await call.folder.commit(
      upload, upload.finish(), metadata, to: key, in: call.bucket, if: condition)
    var headers: HTTPHeaders = [
      "ETag": "\"\(metadata.md5)\"", "x-amz-server-side-encryption": "AES256",
    ]
    for checksum in metadata.checksums { headers[checksum.header] = checksum.value }
    if !metadata.checksums.isEmpty { headers["x-amz-checksum-type"] = "FULL_OBJECT" }
    return HTTPResponse(status: 200, headers: headers)
  }

  private static func contentMD5(of call: S3Call) throws(S3Failure) -> [UInt8]? {
    guard let sent = call.request.headers["Content-MD5"] else { return nil }
    guard let bytes = Base64.decode(sent), bytes.count == 16 else { throw .invalidDigest }
    return bytes
  }

  private static func metadata(of call: S3Call) throws(S3Failure) -> ObjectMetadata {
    var metadata = ObjectMetadata()
    metadata.contentType = call.request.headers["Content-Type"]
    for name in ObjectMetadata.kept {
      guard var value = call.request.headers[name] else { continue }
      if name.bytes == "Content-Encoding" {
        // The encoding of the transfer is not one of the object.
        value = value.bytes.split(separator: ",").map { Substring($0.utf8.drop { $0 == 0x20 }) }
          .filter { $0.bytes != "aws-chunked" && !$0.isEmpty }.joined(separator: ",")
        if value.isEmpty { continue }
      }
      metadata.headers.append((name, value))
    }
    var size = 0
    for field in call.request.headers.fields {
      let name = field.name.lowercased()
      guard name.bytes.hasPrefix("x-amz-meta-") else { continue }
      let short = String(Substring(name.utf8.dropFirst(11)))
      metadata.user.append((short, field.value))
      size += short.utf8.count + field.value.utf8.count
    }
    guard size <= 2048 else {
      throw .invalidArgument(
        "Your metadata headers exceed the maximum allowed metadata size.", name: "x-amz-meta")
    }
    return metadata
  }
}
