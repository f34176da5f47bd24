import AWSDoor
import HTTP

/// Removes an object; one that is not there is removed as well.
enum DeleteObject: S3Operation {
  static let name = "DeleteObject"
  static let method = "DELETE"
  static let resource = S3Resource.object

  static func respond(to call: S3Call) async throws(S3Failure) -> HTTPResponse {
    try call.authorize("s3:DeleteObject", on: call.objectARN)
    try await call.folder.remove(call.key, in: call.bucket)
    return HTTPResponse(status: 204)
  }
}
