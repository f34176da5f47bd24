/// Where a listener listens or a peer is: `127.0.0.1:4577`, `[::1]:80`, `localhost:0`.
package struct HostPort: Sendable, Hashable, CustomStringConvertible {
  /// A name or an address, IPv6 without brackets.
  package var host: String
  package var port: UInt16

  /// A host and a port.
  package init(host: String, port: UInt16) {
    self.host = host
    self.port = port
  }

  /// Reads `HOST:PORT` or `[V6]:PORT`; nil for anything else.
  package init?(_ text: some StringProtocol) {
    guard let colon = text.lastIndex(of: ":") else { return nil }
    var host = text[..<colon]
    let digits = text[text.index(after: colon)...]
    guard !digits.isEmpty, digits.utf8.allSatisfy({ 0x30...0x39 ~= $0 }),
      let port = UInt16(digits)
    else { return nil }
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = host.dropFirst().dropLast()
      guard host.contains(":") else { return nil }
    } else if host.contains(":") {
      return nil
    }
    guard !host.isEmpty, !host.contains(where: { $0 == "/" || $0 == " " || $0 == "@" }) else {
      return nil
    }
    self.init(host: String(host), port: port)
  }

  /// `HOST:PORT`, IPv6 in brackets.
  package var text: String { "\(urlHost):\(port)" }
  package var description: String { text }

  /// The host as a URL writes it: IPv6 in brackets.
  package var urlHost: String { host.contains(":") ? "[\(host)]" : host }

  /// Whether the host is `localhost`, in 127.0.0.0/8 or ::1.
  package var isLoopback: Bool {
    host == "localhost" || host == "::1"
      || (host.hasPrefix("127.") && host.utf8.allSatisfy { 0x30...0x39 ~= $0 || $0 == 0x2E })
  }
}
