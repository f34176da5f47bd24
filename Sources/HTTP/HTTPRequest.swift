/// A request as the server read it, its body complete or still to be read.
package struct HTTPRequest: Sendable {
  /// The method as sent; methods are case-sensitive (RFC 9110 section 9.1).
  package var method: String
  /// The request target as sent, such as `/a%20b?c=d`.
  package var target: String
  /// 1 for HTTP/1.1, 0 for HTTP/1.0.
  package var minorVersion: Int
  package var headers: HTTPHeaders
  /// The body, complete; empty where ``bodyReader`` has it.
  package var body: [UInt8]
  /// Gives the body of a request whose handler asked for ``HTTPBodyPlan/stream``; else nil.
  package var bodyReader: (any HTTPBodyReader)?
  /// The other end's address, such as `127.0.0.1:40112`.
  package var peer: String
  /// The address the connection came in on, such as `127.0.0.1:4577`.
  package var local: String
  /// Whether the connection is TLS.
  package var isSecure: Bool
  /// Set for tests and in-memory calls, else made by the server: a UUID for this request.
  package var id: String

  /// A request, as a server would have read it.
  package init(
    method: String = "GET", target: String = "/", minorVersion: Int = 1,
    headers: HTTPHeaders = [:], body: [UInt8] = [], peer: String = "127.0.0.1:1",
    local: String = "127.0.0.1:80", isSecure: Bool = false, id: String = ""
  ) {
    self.method = method
    self.target = target
    self.minorVersion = minorVersion
    self.headers = headers
    self.body = body
    self.peer = peer
    self.local = local
    self.isSecure = isSecure
    self.id = id
  }

  /// A reader of the body, whether it is complete already or not; made once for a request.
  package func makeBodyReader() -> any HTTPBodyReader { bodyReader ?? HTTPBodyBytes(body) }

  /// The target up to `?`, still percent-encoded; of an absolute-form target the path alone.
  package var rawPath: Substring {
    let path = target.utf8.prefix { $0 != UInt8(ascii: "?") }
    guard path.first != UInt8(ascii: "/"), let colon = path.firstIndex(of: UInt8(ascii: ":")),
      path[colon...].starts(with: "://".utf8)
    else { return Substring(path) }
    let authority = path[colon...].dropFirst(3)
    guard let slash = authority.firstIndex(of: UInt8(ascii: "/")) else { return "/" }
    return Substring(authority[slash...])
  }

  /// The target behind the first `?`, still percent-encoded; nil where there is none.
  package var rawQuery: Substring? {
    guard let mark = target.utf8.firstIndex(of: UInt8(ascii: "?")) else { return nil }
    return target[target.utf8.index(after: mark)...]
  }

  /// The path's segments, each percent-decoded once after splitting on `/`; nil where the
  /// decoding fails.
  ///
  /// `/a/b%2Fc/` gives `["a", "b/c", ""]`.
  package var pathSegments: [String]? {
    let path = rawPath.utf8
    guard path.first == UInt8(ascii: "/") else { return nil }
    var segments: [String] = []
    let parts = path.dropFirst().split(
      separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    for part in parts {
      guard let segment = PercentEncoding.decode(Substring(part)) else { return nil }
      segments.append(segment)
    }
    return segments
  }

  /// The query's parameters in order, percent-decoded, `+` as a blank; one that does not decode
  /// is kept as sent.
  package var query: QueryParameters { QueryParameters(rawQuery ?? "") }
}
