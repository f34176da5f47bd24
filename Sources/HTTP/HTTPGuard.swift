import JSON

/// Stands in front of a handler and refuses what a web page in the user's browser could send.
///
/// A Host that is neither loopback, nor the address that the connection came in on, nor an allowed
/// name is refused (DNS rebinding); so is a foreign Origin, and a request that the browser marks as
/// coming from another site. CORS headers are never sent.
package struct HTTPGuard: HTTPHandler {
  private let hosts: AllowedHosts
  private let next: any HTTPHandler

  /// A guard in front of `next`; `allowedHosts` are further names, without ports.
  package init(allowedHosts: [String] = [], next: any HTTPHandler) {
    hosts = AllowedHosts(allowedHosts, [.loopback, .called, .below])
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
    guard hosts.contains(header, calledAt: request.local) else {
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
}
