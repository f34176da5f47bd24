import CLinux
import Glibc
import JSON
import Platform
import Synchronization

/// The sockets of listeners that a program keeps while it is put in its own place (execve(2)).
///
/// They refuse connections meanwhile, and their ports are nobody else's: they stay bound, without
/// leave for others to bind the same. The program that begins listens on them again.
package enum HeldListeners {
  /// The variable that names their descriptors, for the program that begins.
  package static let variable = "PODID_HELD_LISTENERS"

  private static let held = Mutex<[Int32]>([])
  private static let found = Mutex<[Int32]>([])

  /// The value of the variable.
  package static var names: String {
    held.withLock { $0.map(String.init).joined(separator: ",") }
  }

  /// Ends listening on a socket, which stays bound and outlives execve(2).
  ///
  /// Linux leaves a socket its port where the program asked for that very one (port 0 gets another).
  static func hold(_ descriptor: Int32) {
    // First: no moment is left in which others may bind the same.
    set(SO_REUSEADDR, 0, descriptor)
    shutdown(descriptor, Int32(SHUT_RD))
    _ = fcntl(descriptor, F_SETFD, 0)
    held.withLock { $0.append(descriptor) }
  }

  /// Takes over what the program before held, by the value of the variable; what is not such a socket
  /// is left alone.
  package static func adopt(_ names: String) {
    let descriptors = names.bytes.split(separator: ",").compactMap { Int32($0) }
    let sockets = descriptors.filter { descriptor in
      var (kind, length) = (Int32(0), socklen_t(MemoryLayout<Int32>.size))
      return descriptor > 2
        && getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &kind, &length) == 0
        && kind == Int32(SOCK_STREAM.rawValue)
    }
    for socket in sockets { _ = fcntl(socket, F_SETFD, FD_CLOEXEC) }
    found.withLock { $0 = sockets }
  }

  /// The held socket of an address, which may be listened on; nil where there is none.
  static func take(_ address: HostPort) -> Int32? {
    found.withLock { found in
      guard let index = found.firstIndex(where: { SocketAddress.of($0, peer: false) == address })
      else { return nil }
      return found.remove(at: index)
    }
  }

  /// Listens on a held socket again; false with errno where another program listens there.
  ///
  /// What is left of former connections has the port as well (TIME_WAIT): then only a socket that
  /// shares its address may listen. A stranger who comes in that very moment is outlasted.
  static func listen(_ descriptor: Int32, _ backlog: Int32) -> Bool {
    for attempt in 0..<100 {
      if attempt > 0 { usleep(100_000) }
      let isAlone = Glibc.listen(descriptor, backlog) == 0
      // Connections have it from here: what is left of them must not keep a successor from the port.
      set(SO_REUSEADDR, 1, descriptor)
      if isAlone { return true }
      let isListening = Glibc.listen(descriptor, backlog) == 0
      if isListening || errno != EADDRINUSE { return isListening }
      set(SO_REUSEADDR, 0, descriptor)
    }
    errno = EADDRINUSE
    return false
  }

  /// Lets go of those that no listener took.
  package static func closeRest() {
    found.withLock { found in
      for descriptor in found { close(descriptor) }
      found = []
    }
  }

  private static func set(_ option: Int32, _ value: Int32, _ descriptor: Int32) {
    var value = value
    setsockopt(descriptor, SOL_SOCKET, option, &value, socklen_t(MemoryLayout<Int32>.size))
  }
}
