import JSON
package import Platform

/// An `http` or `https` URL in the parts that a client needs.
package struct HTTPURL: Sendable, CustomStringConvertible {
  package var isSecure: Bool
  /// A name or an address, IPv6 without brackets.
  package var host: String
  package var port: UInt16
  /// Path and query as they are sent; at least `/`.
  package var target: String

  /// Reads an absolute URL; nil for other schemes, user information, fragments and bad parts.
  package init?(_ text: some StringProtocol) {
    let text = text.bytes
    let isSecure = text.hasPrefix("https://")
    guard isSecure || text.hasPrefix("http://") else { return nil }
    let rest = text.string.utf8.dropFirst(isSecure ? 8 : 7)
    let ends = "/?#".utf8
    let authority = Substring(rest.prefix { !ends.contains($0) })
    let tail = Substring(rest[authority.endIndex...])
    guard !authority.isEmpty, !authority.utf8.contains(UInt8(ascii: "@")),
      tail.utf8.allSatisfy({ 0x21...0x7E ~= $0 && $0 != UInt8(ascii: "#") })
    else { return nil }
    let fallback = isSecure ? ":443" : ":80"
    guard
      let place = HostPort(authority) ?? HostPort(authority + fallback),
      place.host.utf8.allSatisfy({ 0x21...0x7E ~= $0 })
    else { return nil }
    self.isSecure = isSecure
    host = place.host
    port = place.port
    target = tail.utf8.first == UInt8(ascii: "/") ? String(tail) : "/" + tail
  }

  /// The URL with another path and query.
  package func with(target: String) -> HTTPURL {
    var url = self
    url.target = target
    return url
  }

  /// The place to connect to.
  package var place: HostPort { HostPort(host: host, port: port) }

  /// The Host field's value: without the port where it is the scheme's own.
  package var hostHeader: String {
    port == (isSecure ? 443 : 80) ? place.urlHost : place.text
  }

  /// Scheme, host and port, without a path.
  package var origin: String { (isSecure ? "https://" : "http://") + hostHeader }

  /// The whole URL.
  package var text: String { origin + target }
  package var description: String { text }
}
