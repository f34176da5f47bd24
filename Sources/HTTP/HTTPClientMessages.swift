package import JSON

/// A request that a client sends; Host, Content-Length and Connection are the client's to write.
package struct HTTPClientRequest: Sendable {
  package var method: String
  package var url: HTTPURL
  package var headers: HTTPHeaders
  package var body: [UInt8]

  /// A request.
  package init(
    method: String = "GET", url: HTTPURL, headers: HTTPHeaders = [:], body: [UInt8] = []
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
  }

  /// Which part cannot be written into a head (RFC 9110 section 5.5, RFC 9112 section 3), or nil.
  ///
  /// A line end in a part would begin a field, or a request, of the part's author.
  var objection: String? {
    guard !method.isEmpty, method.utf8.allSatisfy({ HTTPHeadParser.isToken[Int($0)] }) else {
      return "the method is not a token"
    }
    guard url.target.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
      return "the target holds a blank or a control character"
    }
    guard url.host.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
      return "the host holds a blank or a control character"
    }
    for field in headers.fields {
      guard !field.name.isEmpty, field.name.utf8.allSatisfy({ HTTPHeadParser.isToken[Int($0)] })
      else { return "the name of a header field is not a token" }
      guard field.value.utf8.allSatisfy({ ($0 >= 0x20 && $0 != 0x7F) || $0 == 0x09 }) else {
        return "the header field \(field.name) holds a control character"
      }
    }
    return nil
  }

  /// The head as it is written.
  var head: [UInt8] {
    var head = "\(method) \(url.target) HTTP/1.1\r\n"
    if headers["Host"] == nil { head += "Host: \(url.hostHeader)\r\n" }
    for field in headers.fields { head += "\(field.name): \(field.value)\r\n" }
    if !body.isEmpty || ["POST", "PUT", "PATCH"].contains(method.bytes) {
      head += "Content-Length: \(body.count)\r\n"
    }
    return Array((head + "\r\n").utf8)
  }
}

/// A whole answer.
package struct HTTPClientResponse: Sendable {
  package var status: Int
  package var headers: HTTPHeaders
  package var body: [UInt8]

  /// An answer, for fakes.
  package init(status: Int, headers: HTTPHeaders = [:], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// The body as JSON, if it is.
  package var json: JSON? { try? JSON.parse(body) }
}

/// An answer whose body comes piece by piece, such as a watch.
package struct HTTPClientStream: Sendable {
  package let status: Int
  package let headers: HTTPHeaders
  /// The pieces; the sequence throws where the connection breaks.
  package let body: HTTPClientBody

  /// An answer, for fakes.
  package init(status: Int, headers: HTTPHeaders = [:], body: HTTPClientBody) {
    self.status = status
    self.headers = headers
    self.body = body
  }
}

/// Why no answer came.
package enum HTTPClientError: Error, Sendable, Hashable, CustomStringConvertible {
  case unreachable(String)
  case timedOut
  case closed
  case tls(String)
  case malformedResponse(String)
  case tooLarge
  /// The host is at an address that the client's ``HTTPClient/LinkLocal`` rule refuses.
  case refusedAddress(String)
  /// A part of the request that cannot be written; nothing was sent.
  case malformedRequest(String)
  /// The task that waits was cancelled.
  case cancelled

  package var description: String {
    switch self {
    case .unreachable(let reason): reason
    case .timedOut: "no answer in time"
    case .closed: "the connection was closed before the answer"
    case .tls(let reason): reason
    case .malformedResponse(let reason): "not an HTTP answer: \(reason)"
    case .tooLarge: "the answer is too large"
    case .refusedAddress(let host):
      "\(host) is at a link-local address that this host does not have, or that is never asked"
    case .malformedRequest(let reason): "the request cannot be sent: \(reason)"
    case .cancelled: "cancelled"
    }
  }
}
