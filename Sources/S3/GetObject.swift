import AWSDoor
import HTTP

/// An object, or a range of its bytes.
enum GetObject: S3Operation {
  static let name = "GetObject"
  static let method = "GET"
  static let resource = S3Resource.object

  static func respond(to call: S3Call) async throws(S3Failure) -> HTTPResponse {
    try call.authorize("s3:GetObject", on: call.objectARN)
    try UnservedFields.checkReading(call)
    guard let file = try await call.folder.open(call.key, in: call.bucket) else {
      throw call.missingKey()
    }
    let object = file.object
    let head = ObjectHead(object: object, request: call.request)
    if let answer = try head.unmetCondition() { return answer }
    let range = try ByteRange.range(call.request.headers["Range"], size: object.size)
    var headers = head.headers
    if let range {
      headers["Content-Range"] = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(object.size)"
    }
    return HTTPResponse(
      status: range == nil ? 200 : 206, headers: headers,
      body: try file.body(range ?? 0..<object.size))
  }
}
