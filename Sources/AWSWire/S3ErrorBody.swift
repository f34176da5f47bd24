package import HTTP

/// Errors of S3: XML without a namespace; an answer to HEAD has no body.
package enum S3ErrorBody {
  /// The answer for an error; `members` are further elements, such as `Key` or `BucketName`.
  package static func response(
    _ error: AWSError, resource: String, requestID: String, hostID: String,
    members: [(String, String)] = []
  ) -> HTTPResponse {
    var writer = XMLWriter(declaration: true)
    writer.element("Error") { writer in
      writer.element("Code", error.code)
      writer.element("Message", error.message)
      for (name, value) in members { writer.element(name, value) }
      writer.element("Resource", resource)
      writer.element("RequestId", requestID)
      writer.element("HostId", hostID)
    }
    return HTTPResponse(
      status: error.status,
      headers: [
        "Content-Type": "application/xml", "x-amz-request-id": requestID, "x-amz-id-2": hostID,
      ], body: .bytes(writer.bytes))
  }
}
