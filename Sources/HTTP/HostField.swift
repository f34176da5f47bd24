import JSON

/// What a Host field names: a name or an address, and a port where it has one (RFC 9110 section 7.2).
package struct HostField: Sendable {
  /// As it is written, an IPv6 address without its brackets.
  package let host: Substring
  /// What follows the colon; nil where there is none.
  package let port: Substring?
  /// Whether the field is one host with at most one port, and nothing besides.
  ///
  /// Of any other, host and port are what Go's programs take for them.
  package let isWellFormed: Bool

  /// Reads a field.
  package init(_ text: String) {
    let bytes = text.utf8
    if bytes.first == UInt8(ascii: "["), let end = bytes.firstIndex(of: UInt8(ascii: "]")) {
      host = Substring(bytes[..<end].dropFirst())
      let rest = bytes[bytes.index(after: end)...]
      port = rest.first == UInt8(ascii: ":") ? Substring(rest.dropFirst()) : nil
      isWellFormed =
        host.utf8.contains(UInt8(ascii: ":")) && Self.isHost(host)
        && (rest.isEmpty || Self.isPort(port))
      return
    }
    let colons = bytes.count { $0 == UInt8(ascii: ":") }
    guard colons == 1, let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else {
      host = text[...]
      port = nil
      isWellFormed = colons == 0 && Self.isHost(host)
      return
    }
    host = Substring(bytes[..<colon])
    port = Substring(bytes[bytes.index(after: colon)...])
    isWellFormed = Self.isHost(host) && Self.isPort(port)
  }

  private static func isHost(_ host: Substring) -> Bool {
    !host.isEmpty && !host.utf8.contains { "/ @[]".utf8.contains($0) }
  }

  private static func isPort(_ port: Substring?) -> Bool {
    guard let port, !port.isEmpty else { return false }
    return port.utf8.allSatisfy { 0x30...0x39 ~= $0 } && UInt16(port) != nil
  }
}
