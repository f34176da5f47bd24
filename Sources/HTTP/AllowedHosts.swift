package import JSON
import Platform

/// The hosts that a listener answers for.
///
/// A web page that has its own name resolve to this machine (DNS rebinding) sends that name here.
package struct AllowedHosts: Sendable {
  /// What counts besides the names.
  package struct Rules: OptionSet, Sendable {
    package let rawValue: Int

    package init(rawValue: Int) { self.rawValue = rawValue }

    /// `localhost` and the addresses of loopback.
    package static let loopback = Rules(rawValue: 1)
    /// The address that the connection came in on.
    package static let called = Rules(rawValue: 2)
    /// Names below `localhost` and below those allowed, as S3 has buckets in front of its name.
    package static let below = Rules(rawValue: 4)
    /// A field that is not well formed by what comes nearest, and addresses as they are written:
    /// AWS's agent compares what stands in front of the port.
    package static let asWritten = Rules(rawValue: 8)
  }

  private let names: Set<ByteText>
  private let written: Set<ByteText>
  private let rules: Rules
  private let port: ByteText?

  /// These names and addresses, without ports, in letters of any case, and those `written` so; `port`
  /// is the only one that counts, nil for any.
  package init(
    _ names: some Sequence<String>, written: [ByteText] = [], _ rules: Rules, port: UInt16? = nil
  ) {
    self.names = Set(names.map(\.bytes.asciiLowercased))
    self.written = Set(written)
    self.rules = rules
    self.port = port.map { "\($0)".bytes }
  }

  /// Whether a Host field is answered for on a connection that came in at `local`, an address with its
  /// port.
  package func contains(_ header: String, calledAt local: String) -> Bool {
    // As most clients write it, it needs no closer look.
    if rules.contains(.called), header.bytes == local.bytes { return true }
    let isWritten = rules.contains(.asWritten)
    let field = HostField(header)
    guard field.isWellFormed || isWritten else { return false }
    if let port { guard let given = field.port, port == given else { return false } }
    let host = field.host.bytes
    if written.contains(host) { return true }
    let name = host.asciiLowercased
    return names.contains(name)
      || rules.contains(.loopback) && HostPort(host: name.string, port: 0).isLoopback
      || rules.contains(.called) && port == nil
        && HostPort(local)?.host.bytes == (isWritten ? host : name)
      || rules.contains(.below) && isBelow(name)
  }

  private func isBelow(_ name: ByteText) -> Bool {
    name.hasSuffix(".localhost") || names.contains { name.hasSuffix(".\($0)".bytes) }
  }
}
