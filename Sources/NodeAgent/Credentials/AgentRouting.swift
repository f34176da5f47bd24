import HTTP
import JSON

/// What Go's `ServeMux` makes of paths: one is answered, the rest is 404 or sent to its clean form.
enum AgentRouting {
  /// Whether a request is for the credentials.
  static func isCredentials(_ request: HTTPRequest) -> Bool {
    request.method.bytes != "CONNECT" && path(of: request)?.bytes == "/v1/credentials"
  }

  /// The host that a request is for: of an absolute target its own, else the Host field's.
  static func host(of request: HTTPRequest) -> String {
    if !request.target.bytes.hasPrefix("/"), let url = HTTPURL(request.target) {
      return url.hostHeader
    }
    return request.headers["Host"] ?? ""
  }

  /// The answer for every other path.
  static func response(to request: HTTPRequest) -> HTTPResponse {
    if request.method.bytes == "OPTIONS", request.target.bytes == "*" {
      return HTTPResponse(status: 200)
    }
    let path = path(of: request)
    if request.method.bytes != "CONNECT", let path, clean(path).bytes != path.bytes {
      let place = clean(path)
      let body =
        ["GET", "HEAD"].contains(request.method.bytes)
        ? "<a href=\"\(place)\">Temporary Redirect</a>.\n\n" : ""
      return HTTPResponse(
        status: 307,
        headers: ["Content-Type": "text/html; charset=utf-8", "Location": place],
        body: .bytes(Array(body.utf8)))
    }
    return CredentialsEndpoint.error(404, "404 page not found")
  }

  private static func path(of request: HTTPRequest) -> String? {
    PercentEncoding.decode(request.rawPath)
  }

  /// Without empty, `.` and `..` parts; a slash at the end stays.
  private static func clean(_ path: String) -> String {
    var parts: [Substring] = []
    let given = path.bytes.split(separator: "/", omittingEmptySubsequences: true)
    for part in given {
      switch part.bytes {
      case ".": break
      case "..": _ = parts.popLast()
      default: parts.append(part)
      }
    }
    let cleaned = "/" + parts.joined(separator: "/")
    return path.bytes.hasSuffix("/") && cleaned.bytes != "/" ? cleaned + "/" : cleaned
  }
}
