import HTTP
import Platform

/// The hosts that the credentials endpoint answers for.
struct AgentHosts: Sendable {
  /// The two that AWS's agent accepts.
  static let standard = ["169.254.170.23", "fd00:ec2::23"]

  /// The addresses it listens on and `--allowed-host`; empty with `--strict-host`.
  // Differs from AWS: AWS's agent answers for the two link-local addresses alone.
  let further: Set<String>
  let isStrict: Bool

  /// The host of a Host field: without port and brackets.
  static func name(of header: String) -> Substring {
    var text = header[...]
    if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
      return text[text.index(after: text.startIndex)..<end]
    }
    let colons = text.utf8.count { $0 == UInt8(ascii: ":") }
    if colons == 1, let colon = text.firstIndex(of: ":") { text = text[..<colon] }
    return text
  }

  /// Whether the host of a Host field is accepted on a connection that came in at `local`.
  func accepts(header: String, local: String) -> Bool {
    // The address that was called, as most clients write it.
    if header == local, !isStrict { return true }
    return accepts(Self.name(of: header), local: local)
  }

  /// Whether a host is accepted on a connection that came in at `local`.
  func accepts(_ host: Substring, local: String) -> Bool {
    if Self.standard.contains(where: { $0 == host }) { return true }
    guard !isStrict else { return false }
    return further.contains(host.lowercased()) || HostPort(local)?.host == String(host)
  }
}
