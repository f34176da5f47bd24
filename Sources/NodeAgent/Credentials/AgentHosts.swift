import HTTP
import JSON
import Platform

/// The hosts that the credentials endpoint answers for.
struct AgentHosts: Sendable {
  /// The two that AWS's agent accepts.
  static let standard: [ByteText] = ["169.254.170.23", "fd00:ec2::23"]

  /// The addresses it listens on and `--allowed-host`; empty with `--strict-host`.
  // Differs from AWS: AWS's agent answers for the two link-local addresses alone.
  let further: Set<ByteText>
  let isStrict: Bool

  /// The host of a Host field: without port and brackets.
  static func name(of header: String) -> Substring {
    let text = header.utf8
    if text.first == UInt8(ascii: "["), let end = text.firstIndex(of: UInt8(ascii: "]")) {
      return Substring(text[..<end].dropFirst())
    }
    let colons = text.count { $0 == UInt8(ascii: ":") }
    return colons == 1 ? header.bytes.cut(at: ":").0 : header[...]
  }

  /// Whether the host of a Host field is accepted on a connection that came in at `local`.
  func accepts(header: String, local: String) -> Bool {
    // The address that was called, as most clients write it.
    if header.bytes == local.bytes, !isStrict { return true }
    return accepts(Self.name(of: header), local: local)
  }

  /// Whether a host is accepted on a connection that came in at `local`.
  func accepts(_ host: Substring, local: String) -> Bool {
    let host = host.bytes
    if Self.standard.contains(host) { return true }
    guard !isStrict else { return false }
    return further.contains(host.asciiLowercased) || HostPort(local)?.host.bytes == host
  }
}
