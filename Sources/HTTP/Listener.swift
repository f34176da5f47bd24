import CLinux
import Glibc
import JSON
import Platform
import Synchronization

/// A listening socket; it accepts on one loop and spreads connections over all.
///
/// Safety: `@unchecked`: after ``start()`` its state is used on the loop's thread alone.
final class Listener: EventHandler, @unchecked Sendable {
  private static let backlog: Int32 = 4096

  let address: HostPort
  private let descriptor: Int32
  private let loop: EventLoop
  private weak var server: HTTPServer?
  private(set) var deadline = UInt64.max
  private var isOpen = true
  private let isHeld = Atomic(false)

  init(address wanted: HostPort, loop: EventLoop, server: HTTPServer) throws(HTTPServerError) {
    guard let target = SocketAddress.resolve(wanted).first else { throw .unknownHost(wanted) }
    let held = HeldListeners.take(target.hostPort)
    let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let descriptor = held ?? socket(target.family, type, 0)
    guard descriptor >= 0 else { throw .refused(wanted, String(cString: strerror(errno))) }
    let isListening =
      held != nil
      ? HeldListeners.listen(descriptor, Self.backlog) : Self.listen(descriptor, at: target)
    guard isListening else {
      let code = errno
      Glibc.close(descriptor)
      throw code == EADDRINUSE
        ? .addressTaken(wanted) : .refused(wanted, String(cString: strerror(code)))
    }
    self.descriptor = descriptor
    self.loop = loop
    self.server = server
    address = SocketAddress.of(descriptor, peer: false)
  }

  private static func listen(_ descriptor: Int32, at target: SocketAddress) -> Bool {
    var on: Int32 = 1
    let size = socklen_t(MemoryLayout<Int32>.size)
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, size)
    if target.family == AF_INET6 {
      setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &on, size)
    }
    return target.withPointer({ bind(descriptor, $0, $1) }) == 0
      && Glibc.listen(descriptor, backlog) == 0
  }

  func start() { loop.execute { self.loop.add(self.descriptor, EPOLLIN.rawValue, self) } }

  /// Keeps the port for the program that is put in this one's place; see ``HeldListeners``.
  ///
  /// Before ``close()``.
  func hold() {
    isHeld.store(true, ordering: .relaxed)
    HeldListeners.hold(descriptor)
  }

  func close() {
    loop.execute { [self] in
      guard isOpen else { return }
      isOpen = false
      deadline = .max
      loop.remove(descriptor)
      if !isHeld.load(ordering: .relaxed) { Glibc.close(descriptor) }
    }
  }

  func handle(_ events: UInt32) {
    for _ in 0..<256 {
      let connection = clinux_accept(descriptor, nil, nil)
      if connection >= 0 {
        var on: Int32 = 1
        setsockopt(
          connection, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        server?.accepted(connection)
        continue
      }
      switch errno {
      case EINTR, ECONNABORTED: continue
      case EMFILE, ENFILE, ENOBUFS, ENOMEM: return makeRoom()
      default: return
      }
    }
  }

  /// Out of descriptors: an idle connection gives its own.
  private func makeRoom() {
    loop.change(descriptor, 0)
    let goesOn = server?.makeRoom { [loop] in
      loop.later { if self.isOpen { self.loop.change(self.descriptor, EPOLLIN.rawValue) } }
    }
    if goesOn != true { backOff() }
  }

  /// Nothing to give up: looks away for a moment instead of spinning.
  private func backOff() {
    server?.log.warning("no descriptors left, accepting later", ["listen": .string(address.text)])
    loop.change(descriptor, 0)
    deadline = EventLoop.time(after: .milliseconds(100))
    loop.noteDeadline(deadline)
  }

  func deadlineReached() {
    deadline = .max
    if isOpen { loop.change(descriptor, EPOLLIN.rawValue) }
  }
}
