package import HTTP

/// Answers of the query protocol (STS, IAM): XML with the request's id in the body.
package enum AWSQueryErrorBody {
  /// The answer for an error; `namespace` is the service's XML namespace.
  package static func response(
    _ error: AWSError, namespace: String, requestID: String
  ) -> HTTPResponse {
    var writer = XMLWriter()
    writer.element("ErrorResponse", attributes: [("xmlns", namespace)]) { writer in
      writer.element("Error") { writer in
        writer.element("Type", error.fault.rawValue)
        writer.element("Code", error.code)
        if !error.message.isEmpty { writer.element("Message", error.message) }
      }
      writer.element("RequestId", requestID)
    }
    return AWSQueryResponse.xml(error.status, writer, requestID: requestID)
  }
}

/// Successes of the query protocol.
package enum AWSQueryResponse {
  /// `<ActionResponse><ActionResult>...</ActionResult><ResponseMetadata>`; actions without a result
  /// pass nil.
  package static func success(
    action: String, namespace: String, requestID: String,
    result: ((inout XMLWriter) -> Void)?
  ) -> HTTPResponse {
    var writer = XMLWriter()
    writer.element("\(action)Response", attributes: [("xmlns", namespace)]) { writer in
      if let result { writer.element("\(action)Result", result) }
      writer.element("ResponseMetadata") { $0.element("RequestId", requestID) }
    }
    return xml(200, writer, requestID: requestID)
  }

  static func xml(_ status: Int, _ writer: XMLWriter, requestID: String) -> HTTPResponse {
    HTTPResponse(
      status: status, headers: ["Content-Type": "text/xml", "x-amzn-RequestId": requestID],
      body: .bytes(writer.bytes))
  }
}
