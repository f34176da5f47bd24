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
  /// The pieces; the sequence throws where the connection breaks, and ending it closes that.
  package let body: AsyncThrowingStream<[UInt8], any Error>
}

/// Why no answer came.
package enum HTTPClientError: Error, Sendable, Hashable, CustomStringConvertible {
  case unreachable(String)
  case timedOut
  case closed
  case tls(String)
  case malformedResponse(String)
  case tooLarge
  case refusedAddress(String)
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
      "\(host) is a link-local address that this host does not have"
    case .cancelled: "cancelled"
    }
  }
}
