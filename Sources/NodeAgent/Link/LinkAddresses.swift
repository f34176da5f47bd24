import CLinux
import Glibc
import JSON
import Platform

/// Puts addresses on the loopback interface and takes them away (rtnetlink(7)).
struct LinkAddresses: ~Copyable {
  private let socket: Int32
  private let interface: UInt32

  /// Opens a netlink socket for an interface.
  init(interface name: String = "lo") throws(FileError) {
    let index = if_nametoindex(name)
    guard index != 0 else { throw FileError(path: name, code: errno) }
    let descriptor = Glibc.socket(
      AF_NETLINK, Int32(SOCK_RAW.rawValue) | Int32(SOCK_CLOEXEC.rawValue), NETLINK_ROUTE)
    guard descriptor >= 0 else { throw FileError(path: "netlink", code: errno) }
    interface = index
    socket = descriptor
  }

  deinit { close(socket) }

  /// Adds an address with a full-length prefix; one that is there already is an error.
  borrowing func add(_ address: String) throws(FileError) {
    // Both flags: made by us, and not there before.
    try change(address, type: UInt16(RTM_NEWADDR), flags: UInt16(NLM_F_CREATE | NLM_F_EXCL))
  }

  /// Removes an address.
  borrowing func remove(_ address: String) throws(FileError) {
    try change(address, type: UInt16(RTM_DELADDR), flags: 0)
  }

  private borrowing func change(
    _ address: String, type: UInt16, flags: UInt16
  ) throws(FileError) {
    let isIPv6 = address.bytes.contains(":")
    let family = isIPv6 ? AF_INET6 : AF_INET
    var bytes = [UInt8](repeating: 0, count: isIPv6 ? 16 : 4)
    guard inet_pton(family, address, &bytes) == 1 else {
      throw FileError(path: address, reason: "is not an address")
    }
    var body: [UInt8] = [UInt8(family), UInt8(bytes.count * 8)]
    // No duplicate detection for IPv6, so that it can be bound at once; scope host.
    body += [isIPv6 ? UInt8(IFA_F_NODAD) : 0, UInt8(RT_SCOPE_HOST.rawValue)]
    body += Self.native(interface)
    for attribute in [IFA_LOCAL, IFA_ADDRESS] {
      body += Self.native(UInt16(4 + bytes.count)) + Self.native(UInt16(attribute)) + bytes
    }
    let message =
      Self.native(UInt32(16 + body.count)) + Self.native(type)
      + Self.native(flags | UInt16(NLM_F_REQUEST | NLM_F_ACK)) + Self.native(UInt32(1))
      + Self.native(UInt32(0)) + body
    guard send(socket, message, message.count, 0) == message.count else {
      throw FileError(path: address, code: errno)
    }
    var answer = [UInt8](repeating: 0, count: 4096)
    let count = recv(socket, &answer, answer.count, 0)
    guard count >= 20 else { throw FileError(path: address, code: count < 0 ? errno : EPROTO) }
    let code = answer[16..<20].reversed().reduce(Int32(0)) { $0 << 8 | Int32($1) }
    if code != 0 { throw FileError(path: address, code: -code) }
  }

  private static func native(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value) { Array($0) }
  }

  /// Whether this host has an address, whatever interface it is on.
  static func isPresent(_ address: String) -> Bool {
    var first: UnsafeMutablePointer<ifaddrs>?
    guard getifaddrs(&first) == 0 else { return false }
    defer { freeifaddrs(first) }
    var entry = first
    while let current = entry {
      defer { entry = current.pointee.ifa_next }
      guard let given = current.pointee.ifa_addr else { continue }
      let family = Int32(given.pointee.sa_family)
      guard family == AF_INET || family == AF_INET6 else { continue }
      var text = [CChar](repeating: 0, count: 64)
      let size =
        family == AF_INET ? MemoryLayout<sockaddr_in>.size : MemoryLayout<sockaddr_in6>.size
      guard
        getnameinfo(given, socklen_t(size), &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
          == 0
      else { continue }
      let shown = String(
        decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      if shown.bytes.cut(at: "%").0.bytes == address.bytes { return true }
    }
    return false
  }
}
