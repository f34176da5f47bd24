import CLinux
import Glibc
import JSON
import Platform

/// One connection of a server: tells its machine what happens at the socket, and does what that wants.
///
/// Safety: `@unchecked`: all its state is used on the loop's thread alone.
final class ServerConnection: EventHandler, @unchecked Sendable {
  let server: HTTPServer
  let loop: EventLoop
  let transport: Transport
  let queue: ConnectionQueue
  // Without the checks of exclusive access, some hundred instructions for each event: no action is
  // done while an event is told, so none can overlap.
  @exclusivity(unchecked) var machine: HTTPConnectionMachine
  var task: Task<Void, Never>?
  /// A request whose body is being collected, or that a task answers.
  var request: HTTPRequest?
  /// The body that the handler reads piece by piece.
  var body: RequestBody?
  /// The answer that is written piece by piece.
  var stream: ResponseStream?
  /// Where the connection stands among those that could be given up.
  var place = ConnectionQueue.Place()
  let peer: String
  let local: String

  init(server: HTTPServer, queue: ConnectionQueue, transport: Transport) {
    self.server = server
    self.queue = queue
    loop = queue.loop
    self.transport = transport
    machine = HTTPConnectionMachine(rules: server.rules, now: EventLoop.now())
    peer = SocketAddress.of(transport.descriptor, peer: true).text
    local = SocketAddress.of(transport.descriptor, peer: false).text
  }

  var deadline: UInt64 { machine.deadline }

  /// Starts to watch the socket.
  func start() {
    loop.add(transport.descriptor, transport.initialEvents, self)
    machine.begin()
    run()
  }

  func handle(_ events: UInt32) {
    if events & EPOLLOUT.rawValue != 0 {
      guard transport.flush() else { return close() }
      machine.drained(backlog: transport.backlog, now: EventLoop.now())
      run()
      // The descriptor's number may be another connection's by now.
      guard machine.isOpen else { return }
    }
    if events & (EPOLLIN.rawValue | EPOLLRDHUP.rawValue) != 0 { readInput() }
    if events & (EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0 { close() }
  }

  func readInput() {
    // A peer that always has more is not to keep the loop from the others.
    for _ in 0..<4 {
      guard machine.admitsInput() else { return run() }
      let reading = transport.read()
      if !transport.isPlain {
        machine.sent(backlog: transport.backlog)
        machine.undecrypted = transport.undecrypted
      }
      switch reading {
      case .bytes(let bytes):
        // A short read emptied the socket; asking again would only cost a call.
        let isAll = bytes.count < loop.readBuffer.count && transport.isPlain
        machine.received(bytes, now: EventLoop.now())
        run()
        if isAll || !transport.isReading { return }
      case .starved:
        guard !transport.isPlain else { return }
        machine.starved(
          isGreeting: transport.isGreeting, isEstablished: transport.isEstablished,
          now: EventLoop.now())
        return run()
      case .closed:
        machine.inputEnded(now: EventLoop.now())
        return run()
      case .failed(let reason):
        server.log.debug("connection failed", ["peer": .string(peer), "reason": .string(reason)])
        return close()
      }
    }
    if !transport.isPlain { loop.later { if self.transport.isReading { self.readInput() } } }
  }

  func deadlineReached() {
    machine.deadlineReached(now: EventLoop.now())
    if machine.state != .handling { request = nil }
    run()
  }

  /// Ends the connection once its present exchange is over; a stream is cancelled.
  func stop() {
    machine.stop()
    run()
  }

  /// Ends the connection now.
  func close() {
    machine.close()
    run()
  }
}
