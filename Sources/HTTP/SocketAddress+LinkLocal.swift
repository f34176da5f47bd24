import CLinux
import Glibc

extension SocketAddress {
  /// Whether a client with this rule may connect here.
  func isAllowed(_ rule: HTTPClient.LinkLocal) -> Bool {
    let inner = embeddedIPv4
    guard isLinkLocal || inner.map(Self.isLinkLocal(ipv4:)) ?? false else { return true }
    return rule == .own && isOwn
  }

  /// The address in network order: 4 bytes, or 16.
  private var octets: [UInt8] {
    withUnsafeBytes(of: storage) { bytes in
      if family == AF_INET {
        let address = bytes.load(as: sockaddr_in.self).sin_addr
        return withUnsafeBytes(of: address) { Array($0) }
      }
      guard family == AF_INET6 else { return [] }
      let address = bytes.load(as: sockaddr_in6.self).sin6_addr
      return withUnsafeBytes(of: address) { Array($0) }
    }
  }

  /// 169.254.0.0/16, fe80::/10 and fd00:ec2::/32, where EC2's and EKS's agents are.
  private var isLinkLocal: Bool {
    let octets = octets
    if octets.count == 4 { return Self.isLinkLocal(ipv4: octets[...]) }
    guard octets.count == 16 else { return false }
    return octets[0] == 0xFE && octets[1] & 0xC0 == 0x80
      || octets.starts(with: [0xFD, 0x00, 0x0E, 0xC2])
  }

  private static func isLinkLocal(ipv4 octets: ArraySlice<UInt8>) -> Bool {
    octets.starts(with: [169, 254])
  }

  /// The IPv4 address that an IPv6 address leads to: mapped (RFC 4291 section 2.5.5), translated
  /// (RFC 2765), NAT64 (RFC 6052, RFC 8215), 6to4 (RFC 3056), ISATAP (RFC 5214), Teredo (RFC 4380).
  private var embeddedIPv4: ArraySlice<UInt8>? {
    let octets = octets
    guard octets.count == 16 else { return nil }
    let zeros = [UInt8](repeating: 0, count: 12)
    let isAtEnd =
      octets.starts(with: zeros[..<10] + [0xFF, 0xFF])
      || octets.starts(with: zeros[..<8] + [0xFF, 0xFF, 0, 0]) || octets.starts(with: zeros)
      || octets.starts(with: [0x00, 0x64, 0xFF, 0x9B])
      || octets[8..<12].elementsEqual([0, 0, 0x5E, 0xFE])
    if isAtEnd { return octets[12...] }
    if octets.starts(with: [0x20, 0x02]) { return octets[2..<6] }
    if octets.starts(with: [0x20, 0x01, 0, 0]) { return ArraySlice(octets[12...].map { ~$0 }) }
    return nil
  }

  /// Whether an interface of this host has the address, so that nothing leaves the host.
  private var isOwn: Bool {
    var local = self
    if let inner = embeddedIPv4 {
      // A mapped address is this host's own IPv4 address; the others lead through a gateway.
      guard octets.starts(with: [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF]),
        let mapped = SocketAddress(
          numeric: inner.map(String.init).joined(separator: "."), port: 0)
      else { return false }
      local = mapped
    }
    local.clearPort()
    let probe = socket(local.family, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard probe >= 0 else { return false }
    defer { close(probe) }
    return local.withPointer { bind(probe, $0, $1) } == 0
  }

  private mutating func clearPort() {
    // The port is at the same place in both families.
    withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: 0, toByteOffset: 2, as: UInt16.self) }
  }
}
