import AWSDoor
import HTTP

/// An object's fields without the object.
enum HeadObject: S3Operation {
  static let name = "HeadObject"
  static let method = "HEAD"
  static let resource = S3Resource.object

  static func respond(to call: S3Call) async throws(S3Failure) -> HTTPResponse {
    try call.authorize("s3:GetObject", on: call.objectARN)
    try UnservedFields.checkReading(call)
    guard let object = try await call.folder.object(call.key, in: call.bucket) else {
      throw call.missingKey()
    }
    let head = ObjectHead(object: object, request: call.request)
    if let answer = try head.unmetCondition() { return answer }
    let range = try ByteRange.range(call.request.headers["Range"], size: object.size)
    var headers = head.headers
    if let range {
      headers["Content-Range"] = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(object.size)"
    }
    // Nothing is written of the body, but its length is.
    return HTTPResponse(
      status: range == nil ? 200 : 206, headers: headers,
      body: .stream(length: range?.count ?? object.size) { _ in })
  }
}
