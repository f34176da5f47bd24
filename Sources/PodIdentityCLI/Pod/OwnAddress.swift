import Glibc

/// The address that others reach this machine or container at.
enum OwnAddress {
  /// The first IPv4 address that is not loopback, else 127.0.0.1.
  static func find() -> String {
    var first: UnsafeMutablePointer<ifaddrs>?
    guard getifaddrs(&first) == 0 else { return "127.0.0.1" }
    defer { freeifaddrs(first) }
    var entry = first
    while let current = entry {
      entry = current.pointee.ifa_next
      guard let address = current.pointee.ifa_addr, address.pointee.sa_family == AF_INET,
        current.pointee.ifa_flags & UInt32(IFF_LOOPBACK) == 0
      else { continue }
      var text = [CChar](repeating: 0, count: 64)
      let size = socklen_t(MemoryLayout<sockaddr_in>.size)
      guard
        getnameinfo(address, size, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0
      else { continue }
      return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
    return "127.0.0.1"
  }
}
