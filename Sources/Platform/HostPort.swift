import JSON

/// Where a listener listens or a peer is: `127.0.0.1:4577`, `[::1]:80`, `localhost:0`.
package struct HostPort: Sendable, CustomStringConvertible {
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
    let text = String(text).utf8
    guard let colon = text.lastIndex(of: UInt8(ascii: ":")) else { return nil }
    var host = text[..<colon]
    let digits = Substring(text[text.index(after: colon)...])
    guard !digits.isEmpty, digits.utf8.allSatisfy({ 0x30...0x39 ~= $0 }),
      let port = UInt16(digits)
    else { return nil }
    if host.first == UInt8(ascii: "["), host.last == UInt8(ascii: "]") {
      host = host.dropFirst().dropLast()
      guard host.contains(UInt8(ascii: ":")) else { return nil }
    } else if host.contains(UInt8(ascii: ":")) {
      return nil
    }
    guard !host.isEmpty, !host.contains(where: "/ @".utf8.contains) else { return nil }
    self.init(host: String(Substring(host)), port: port)
  }

  /// `HOST:PORT`, IPv6 in brackets.
  package var text: String { "\(urlHost):\(port)" }
  package var description: String { text }

  /// The host as a URL writes it: IPv6 in brackets.
  package var urlHost: String { host.bytes.contains(":") ? "[\(host)]" : host }

  /// Whether the host is `localhost`, in 127.0.0.0/8 or ::1.
  package var isLoopback: Bool {
    host.bytes == "localhost" || host.bytes == "::1"
      || (host.bytes.hasPrefix("127.") && host.utf8.allSatisfy { 0x30...0x39 ~= $0 || $0 == 0x2E })
  }
}

/// The same where the host's bytes and the port are.
extension HostPort: Hashable {
  package static func == (left: HostPort, right: HostPort) -> Bool {
    left.port == right.port && left.host.bytes == right.host.bytes
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(host.bytes)
    hasher.combine(port)
  }
}
