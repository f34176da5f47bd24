import Glibc
import Testing

@testable import CommandCore

@Suite struct ListeningSocketTests {
  /// A listener on a free port of loopback, and its port; nil where the machine has no such address.
  private static func listener(_ family: Int32) -> (socket: Int32, port: UInt16)? {
    let descriptor = socket(family, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in6()
    var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
    // ::1, or 127.0.0.1 where a sockaddr_in has it.
    withUnsafeMutableBytes(of: &address) { bytes in
      bytes.storeBytes(of: sa_family_t(family), as: sa_family_t.self)
      if family == AF_INET6 { bytes[23] = 1 } else { bytes[4] = 127 }
      if family == AF_INET { bytes[7] = 1 }
    }
    let isBound = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(descriptor, address, length) == 0 && getsockname(descriptor, address, &length) == 0
      }
    }
    guard isBound, listen(descriptor, 1) == 0 else {
      close(descriptor)
      return nil
    }
    return (descriptor, UInt16(bigEndian: address.sin6_port))
  }

  private static let hasIPv6: Bool = {
    guard let (socket, _) = listener(AF_INET6) else { return false }
    close(socket)
    return true
  }()

  @Test("a listener's user is found")
  func found() throws {
    let (socket, port) = try #require(Self.listener(AF_INET))
    defer { close(socket) }
    #expect(ListeningSocket.owner(ofPort: port) == geteuid())
  }

  @Test("a listener's user is found on ::1", .enabled(if: hasIPv6, "the machine has no ::1"))
  func foundOnIPv6() throws {
    let (socket, port) = try #require(Self.listener(AF_INET6))
    defer { close(socket) }
    #expect(ListeningSocket.owner(ofPort: port) == geteuid())
  }
}
