import CLinux
import Glibc
import JSON
import Platform

/// A resolved internet address with its port, as the socket calls take it.
struct SocketAddress: Sendable {
  var storage = sockaddr_storage()
  var length = socklen_t(MemoryLayout<sockaddr_storage>.size)

  /// The address of a numeric host; nil for a name.
  init?(numeric host: String, port: UInt16) {
    var v4 = sockaddr_in()
    var v6 = sockaddr_in6()
    if inet_pton(AF_INET, host, &v4.sin_addr) == 1 {
      v4.sin_family = sa_family_t(AF_INET)
      v4.sin_port = port.bigEndian
      store(v4)
    } else if inet_pton(AF_INET6, host, &v6.sin6_addr) == 1 {
      v6.sin6_family = sa_family_t(AF_INET6)
      v6.sin6_port = port.bigEndian
      store(v6)
    } else {
      return nil
    }
  }

  private init() {}

  private mutating func store<Address>(_ address: Address) {
    length = socklen_t(MemoryLayout<Address>.size)
    withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: address, as: Address.self) }
  }

  /// Every address of a host; blocks for names that the resolver must look up.
  static func resolve(_ target: HostPort) -> [SocketAddress] {
    if let address = SocketAddress(numeric: target.host, port: target.port) { return [address] }
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_family = AF_UNSPEC
    var list: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(target.host, String(target.port), &hints, &list) == 0 else { return [] }
    defer { freeaddrinfo(list) }
    var addresses: [SocketAddress] = []
    var entry = list
    while let current = entry?.pointee {
      var address = SocketAddress()
      address.length = current.ai_addrlen
      if let source = current.ai_addr {
        withUnsafeMutableBytes(of: &address.storage) { bytes in
          bytes.copyMemory(
            from: UnsafeRawBufferPointer(start: source, count: Int(current.ai_addrlen)))
        }
        addresses.append(address)
      }
      entry = current.ai_next
    }
    // IPv4 first, as the loopback listeners are.
    return addresses.sorted { $0.family == AF_INET && $1.family != AF_INET }
  }

  var family: Int32 { Int32(storage.ss_family) }

  /// Calls `body` with the address as the C functions take it.
  func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
    withUnsafePointer(to: storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
    }
  }

  /// The address that a socket has (`getsockname`) or is connected to (`getpeername`).
  static func of(_ descriptor: Int32, peer: Bool) -> HostPort {
    var address = SocketAddress()
    withUnsafeMutablePointer(to: &address.storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        _ =
          peer
          ? getpeername(descriptor, pointer, &address.length)
          : getsockname(descriptor, pointer, &address.length)
      }
    }
    return address.hostPort
  }

  /// Host and port, numeric; an IPv4 address mapped into IPv6 is shown as IPv4.
  var hostPort: HostPort {
    var host = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    var port: UInt16 = 0
    withUnsafeBytes(of: storage) { bytes in
      if family == AF_INET {
        var address = bytes.load(as: sockaddr_in.self)
        port = UInt16(bigEndian: address.sin_port)
        inet_ntop(AF_INET, &address.sin_addr, &host, socklen_t(host.count))
      } else if family == AF_INET6 {
        var address = bytes.load(as: sockaddr_in6.self)
        port = UInt16(bigEndian: address.sin6_port)
        inet_ntop(AF_INET6, &address.sin6_addr, &host, socklen_t(host.count))
      }
    }
    let text = String(
      decoding: host.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let mapped: ByteText = "::ffff:"
    return HostPort(
      host: text.bytes.hasPrefix(mapped) && text.bytes.contains(".")
        ? String(text.dropFirst(7)) : text, port: port)
  }
}
