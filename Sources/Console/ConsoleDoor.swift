import Cryptography
package import HTTP
import JSON
import Platform
import Synchronization

/// The door of the console: a key that opens once, and a cookie from then on.
///
/// The page shows what the stack does and can set faults, so it answers nobody but the browser that
/// was given the link.
package final class ConsoleDoor: HTTPHandler {
  /// What the link carries.
  package let key: String
  private let session: String
  /// The folder of the page, a name that nobody can guess: the cookie is for it alone, since cookies
  /// know no ports, and an app on another port of this machine is not to be sent it.
  let base: String
  private let next: any HTTPHandler
  private let isKeyUsed = Mutex(false)

  /// The port that browsers use where it is another than the listener's own.
  private let publishedPort: UInt16?

  /// A door in front of `next`; key and session are secrets of the caller's making.
  package init(
    key: String, session: String, base: String, publishedPort: UInt16? = nil,
    next: any HTTPHandler
  ) {
    self.publishedPort = publishedPort
    self.key = key
    self.base = base
    self.session = session
    self.next = next
  }

  /// What `next` answers to the browser that has the session; 403 to anybody else.
  package func respond(to request: HTTPRequest) async -> HTTPResponse {
    let guarded = HTTPGuard(
      next: ClosureHandler { [self] request in
        if let refusal = refusal(of: request) { return refusal }
        return await next.respond(to: request)
      })
    return ConsoleHeaders.hardened(await guarded.respond(to: request))
  }

  private func refusal(of request: HTTPRequest) -> HTTPResponse? {
    let host = request.headers["Host"] ?? ""
    let port = publishedPort ?? HostPort(request.local)?.port ?? 0
    // Stricter than the servers, where buckets stand in front of the name.
    let hosts = AllowedHosts(["localhost", "127.0.0.1", "::1"], .called, port: port)
    guard hosts.contains(host, calledAt: request.local) else {
      return .text(403, "this page has the address that podid console printed\n")
    }
    if request.rawPath.bytes == "/", request.method.bytes == "GET", let given = request.query["key"]
    {
      return opened(by: given, port: port)
    }
    if request.method.bytes == "GET", let part = ConsoleClosedPage.part(request.rawPath) {
      return part
    }
    guard hasSession(request, port: port) else { return Self.closed }
    guard request.method.bytes == "GET" || request.method.bytes == "HEAD" else {
      // A page of another origin cannot forge this one; what is no browser has no need to try.
      guard HTTPHeaders.equal(request.headers["Origin"] ?? "", "http://" + host) else {
        return .text(403, "only the console's own page may ask for this\n")
      }
      return nil
    }
    return nil
  }

  /// The answer to a link: the cookie, once.
  private func opened(by given: String, port: UInt16) -> HTTPResponse {
    let isRight = constantTimeEqual(Array(given.utf8), Array(key.utf8))
    let isFirst = isKeyUsed.withLock { isUsed in
      defer { if isRight { isUsed = true } }
      return !isUsed
    }
    guard isRight, isFirst else { return Self.closed }
    return HTTPResponse(
      status: 303,
      headers: [
        "Location": base,
        "Set-Cookie": "\(Self.cookie(port))=\(session); Path=\(base); HttpOnly; SameSite=Strict",
      ])
  }

  /// Two consoles of one machine must not take each other's.
  private static func cookie(_ port: UInt16) -> String { "podid_console_\(port)" }

  private func hasSession(_ request: HTTPRequest, port: UInt16) -> Bool {
    let name = "\(Self.cookie(port))=".bytes
    for field in request.headers.all("Cookie") {
      for part in field.bytes.split(separator: ";") {
        let pair = Substring(part.utf8.drop { $0 == UInt8(ascii: " ") })
        guard let given = pair.bytes.without(prefix: name) else { continue }
        if constantTimeEqual(Array(given.utf8), Array(session.utf8)) {
          return true
        }
      }
    }
    return false
  }

  private static let closed = HTTPResponse.text(
    403, ConsoleClosedPage.html, contentType: "text/html; charset=utf-8")
}
