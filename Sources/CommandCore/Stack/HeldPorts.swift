import CLinux
import Glibc
package import JSON
package import Platform

/// Addresses for a stack's listeners, held until the servers have them.
///
/// Each is bound but not listening: so a server may bind it as well (both reuse addresses), while
/// the kernel gives it to nobody else who asks for any free port.
package final class HeldPorts: Sendable {
  /// The addresses, with no port 0 any more.
  package let addresses: [ByteText: HostPort]
  private let descriptors: [Int32]

  /// Holds these addresses, a free port for each port 0.
  /// - Throws: which address is taken, and the flag that moves it.
  package init(_ wanted: [ByteText: HostPort]) throws(CommandFailure) {
    var addresses = wanted
    var held: [Int32] = []
    do throws(CommandFailure) {
      for listener in StackOptions.listeners {
        guard let address = wanted[listener.name.bytes] else { continue }
        let descriptor = try Self.bound(address, listener: listener)
        held.append(descriptor)
        if address.port == 0 {
          addresses[listener.name.bytes] = HostPort(
            host: address.host, port: Self.port(of: descriptor))
        }
      }
    } catch {
      for descriptor in held { close(descriptor) }
      throw error
    }
    self.addresses = addresses
    descriptors = held
  }

  deinit { for descriptor in descriptors { close(descriptor) } }

  private static func port(of descriptor: Int32) -> UInt16 {
    var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
    var bytes = [UInt8](repeating: 0, count: Int(length))
    _ = bytes.withUnsafeMutableBytes { buffer in
      getsockname(descriptor, buffer.baseAddress?.assumingMemoryBound(to: sockaddr.self), &length)
    }
    // The port is at the same place in addresses of both families.
    return UInt16(bytes[2]) << 8 | UInt16(bytes[3])
  }

  private static func bound(
    _ address: HostPort, listener: StackOptions.Listener
  ) throws(CommandFailure) -> Int32 {
    var hints = addrinfo()
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(address.host, "\(address.port)", &hints, &list) == 0, let first = list else {
      throw CommandFailure("\(address): there is no such address")
    }
    defer { freeaddrinfo(list) }
    let info = first.pointee
    let descriptor = socket(info.ai_family, info.ai_socktype | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else {
      throw CommandFailure("\(address): \(String(cString: strerror(errno)))")
    }
    var on: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
    guard bind(descriptor, info.ai_addr, info.ai_addrlen) == 0 else {
      let code = errno
      close(descriptor)
      let mover =
        listener.flag.map { "--\($0) HOST:PORT moves it" }
        ?? "\(listener.variable)=HOST:PORT moves it"
      throw CommandFailure(
        "\(address.text) is not to be had (\(String(cString: strerror(code)))); \(mover), and "
          + "--free-ports takes whatever is free")
    }
    return descriptor
  }
}
