import Glibc
import Platform
import Synchronization

/// A server that answers each connection with bytes that are given, however wrong they are.
final class RawServer: Sendable {
  let port: UInt16
  private let descriptor: Int32
  private let seen = Mutex<[[UInt8]]>([])

  /// Listens on a free port; `serve` gets each connection's socket and what it sent first.
  init?(_ serve: @escaping @Sendable (Int32, [UInt8]) -> Void) {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let listener = descriptor
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        bind(listener, pointer, length) == 0 && listen(listener, 16) == 0
          && getsockname(listener, pointer, &length) == 0
      }
    }
    guard isBound else { return nil }
    port = UInt16(bigEndian: address.sin_port)
    Thread.run { [self] in
      while true {
        let connection = accept(listener, nil, nil)
        guard connection >= 0 else { return }
        Thread.run { [self] in
          var buffer = [UInt8](repeating: 0, count: 65_536)
          let count = max(0, read(connection, &buffer, buffer.count))
          seen.withLock { $0.append(Array(buffer[..<count])) }
          serve(connection, Array(buffer[..<count]))
          close(connection)
        }
      }
    }
  }

  /// A server that sends the same bytes to everybody, and closes.
  convenience init?(_ answer: [UInt8]) {
    self.init { connection, _ in _ = RawServer.send(answer, to: connection) }
  }

  deinit {
    shutdown(descriptor, Int32(SHUT_RDWR))
    close(descriptor)
  }

  /// What each connection sent first.
  var requests: [[UInt8]] { seen.withLock { $0 } }

  /// Sends bytes; false once nobody takes them.
  static func send(_ bytes: [UInt8], to connection: Int32) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.send(
          connection, $0.baseAddress?.advanced(by: sent), bytes.count - sent, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }
}
