import JSON
import Platform

/// Stands in front of a handler and refuses what a web page in the user's browser could send.
///
/// A Host that is neither loopback, nor the address that the connection came in on, nor an allowed
/// name is refused (DNS rebinding); so is a foreign Origin, and a request that the browser marks as
/// coming from another site. CORS headers are never sent.
package struct HTTPGuard: HTTPHandler {
  private let allowedHosts: Set<ByteText>
  private let next: any HTTPHandler

  /// A guard in front of `next`; `allowedHosts` are further names, without ports.
  package init(allowedHosts: [String] = [], next: any HTTPHandler) {
    self.allowedHosts = Set(allowedHosts.map { $0.bytes.asciiLowercased })
    self.next = next
  }

  package func immediateResponse(to request: HTTPRequest) -> HTTPResponse? {
    refusal(of: request) ?? next.immediateResponse(to: request)
  }

  package func bodyPlan(for request: HTTPRequest) -> HTTPBodyPlan { next.bodyPlan(for: request) }

  package func respond(to request: HTTPRequest) async -> HTTPResponse {
    if let refusal = refusal(of: request) { return refusal }
    return await next.respond(to: request)
  }

  private func refusal(of request: HTTPRequest) -> HTTPResponse? {
    guard let header = request.headers["Host"] else {
      // Only HTTP/1.0 comes without; no browser sends that.
      return nil
    }
    // The address that was called, as most clients write it, needs no closer look.
    guard
      header.bytes == request.local.bytes
        || Self.host(of: header).map({ accepts($0, local: request.local) }) == true
    else {
      return .text(
        403, "this server does not answer for the host \"\(header)\"; see --allowed-host\n")
    }
    for origin in request.headers.all("Origin") {
      let scheme = request.isSecure ? "https://" : "http://"
      guard HTTPHeaders.equal(origin, scheme + header) else {
        return .text(403, "requests of web pages are refused (Origin)\n")
      }
    }
    if let site = request.headers["Sec-Fetch-Site"]?.bytes.asciiLowercased,
      site != "same-origin", site != "none"
    {
      return .text(403, "requests of web pages are refused (Sec-Fetch-Site)\n")
    }
    return nil
  }

  private func accepts(_ host: String, local: String) -> Bool {
    HostPort(host: host, port: 0).isLoopback || allowedHosts.contains(host.bytes)
      || HostPort(local)?.host.bytes == host.bytes
      // Buckets in front of a local name, as S3 addresses them.
      || host.bytes.hasSuffix(".localhost")
      || allowedHosts.contains { host.bytes.hasSuffix(".\($0)".bytes) }
  }

  /// The host of a Host field, in lower case, without port and brackets.
  static func host(of header: String) -> String? {
    let text = header.bytes.asciiLowercased
    if let place = HostPort(text.string) { return place.host }
    if text.hasPrefix("["), text.hasSuffix("]") {
      return String(text.string.utf8.dropFirst().dropLast())
    }
    return text.contains(":") || text.isEmpty ? nil : text.string
  }
}
