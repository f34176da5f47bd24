import HTTP

/// An object, or a range of its bytes.
enum GetObject: S3Operation {
  static let name = "GetObject"

  static func respond(to call: S3Call) async throws(S3Failure) -> HTTPResponse {
    try call.authorize("s3:GetObject", on: call.objectARN)
    guard let object = await call.folder.object(call.key, in: call.bucket) else {
      throw call.missingKey()
    }
    if let answer = try ObjectHead(object: object, request: call.request).unmetCondition() {
      return answer
    }
    let field = call.request.headers["Range"]
    let found = try await call.folder.read(call.key, in: call.bucket) {
      size throws(S3Failure) in try ByteRange.range(field, size: size)
    }
    guard let (read, range, bytes) = found else { throw call.missingKey() }
    var headers = ObjectHead(object: read, request: call.request).headers
    if let range {
      headers["Content-Range"] = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(read.size)"
    }
    return HTTPResponse(status: range == nil ? 200 : 206, headers: headers, body: .bytes(bytes))
  }
}
