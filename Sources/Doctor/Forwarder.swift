import HTTP
import JSON
import Platform

/// Hands requests on to a server as they came, and its answers back.
struct Forwarder: Sendable {
  /// Fields that belong to one connection alone (RFC 9110 section 7.6.1), and those that the
  /// client writes itself.
  private static let hopByHop: Set<ByteText> = [
    "connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding",
    "upgrade", "expect", "content-length",
  ]

  let http: HTTPClient
  /// The server; the path is each request's own.
  let server: HTTPURL

  /// The server's answer to a request, whose Host stays, for signatures cover it.
  func answer(to request: HTTPRequest) async -> HTTPResponse {
    var headers = HTTPHeaders()
    for field in request.headers.fields
    where !Self.hopByHop.contains(field.name.bytes.asciiLowercased) {
      headers.append(field.name, field.value)
    }
    let answer: HTTPClientResponse
    do throws(HTTPClientError) {
      answer = try await http.send(
        HTTPClientRequest(
          method: request.method, url: server.with(target: request.target), headers: headers,
          body: request.body))
    } catch {
      return .text(502, "\(server.origin) does not answer: \(error)\n")
    }
    // A HEAD tells the length of a body that does not come.
    let isHead = request.method.bytes == "HEAD"
    let length = isHead ? answer.headers["Content-Length"].flatMap(Int.init) : nil
    return HTTPResponse(
      status: answer.status, headers: answer.headers,
      body: length.map { .stream(length: $0) { _ in } } ?? .bytes(answer.body))
  }
}
