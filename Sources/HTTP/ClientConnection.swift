import CLinux
import Cryptography
import Glibc
import JSON
import Platform

/// One connection of a client: one exchange at a time.
///
/// Safety: `@unchecked`: all its state is used on the loop's thread alone.
final class ClientConnection: EventHandler, @unchecked Sendable {
  let loop: EventLoop
  let key: HTTPClient.Key
  private let pool: HTTPClient
  private let transport: Transport
  private var exchange: ClientExchange?
  private var parser: HTTPResponseParser?
  private var isConnected = false
  private var gotBytes = false
  /// Whether the reader of a stream is behind, so that nothing more is read.
  private var isPaused = false
  private(set) var isReused = false
  private(set) var deadline = UInt64.max

  init(
    pool: HTTPClient, key: HTTPClient.Key, loop: EventLoop, address: SocketAddress,
    tls: TLSSession?
  ) throws(HTTPClientError) {
    let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let descriptor = socket(address.family, type, 0)
    guard descriptor >= 0 else { throw .unreachable(String(cString: strerror(errno))) }
    var on: Int32 = 1
    setsockopt(
      descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    if address.withPointer({ connect(descriptor, $0, $1) }) != 0, errno != EINPROGRESS {
      let code = errno
      Glibc.close(descriptor)
      throw .unreachable("\(key.place.text): \(String(cString: strerror(code)))")
    }
    self.pool = pool
    self.key = key
    self.loop = loop
    transport = Transport(descriptor: descriptor, loop: loop, tls: tls)
  }

  /// Starts an exchange on a connection that has none.
  func begin(_ exchange: ClientExchange) {
    // The server may have closed a kept connection since it was chosen.
    guard transport.isOpen else { return pool.start(exchange, key: key, isFresh: true) }
    let stop: @Sendable () -> Void = { [self] in loop.execute { [self] in abandon(exchange) } }
    guard exchange.proceed(stop: stop) else {
      // Nobody waits any more, so nothing is sent.
      return isConnected ? pool.returned(self) : close()
    }
    exchange.pieces?.attach(
      resume: { [self] in loop.execute { [self] in readOn(exchange) } }, stop: stop)
    self.exchange = exchange
    parser = HTTPResponseParser(method: exchange.request.method)
    gotBytes = false
    deadline = exchange.deadline
    loop.noteDeadline(deadline)
    if isConnected {
      isReused = true
      sendRequest()
    } else {
      loop.add(transport.descriptor, transport.initialEvents | EPOLLOUT.rawValue, self)
    }
  }

  private func sendRequest() {
    // One that was cancelled while the connection was made is never sent.
    guard let exchange, !exchange.isOver else { return fail(.cancelled) }
    transport.send(exchange.request.head + exchange.request.body)
    if !transport.flush() { fail(.closed) }
  }

  func handle(_ events: UInt32) {
    if !isConnected, events & (EPOLLOUT.rawValue | EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0 {
      guard connected() else { return }
    } else if events & EPOLLOUT.rawValue != 0, !transport.flush() {
      return fail(.closed)
    }
    let broken = EPOLLHUP.rawValue | EPOLLERR.rawValue
    if isPaused {
      // Told again and again, whatever is watched for.
      if events & broken != 0 { fail(.closed) }
    } else if events & (EPOLLIN.rawValue | EPOLLRDHUP.rawValue | broken) != 0 {
      readInput()
    }
  }

  private func connected() -> Bool {
    var code: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    getsockopt(transport.descriptor, SOL_SOCKET, SO_ERROR, &code, &size)
    guard code == 0 else {
      fail(.unreachable("\(key.place.text): \(String(cString: strerror(code)))"))
      return false
    }
    isConnected = true
    loop.change(transport.descriptor, transport.initialEvents)
    if let failure = transport.handshake() {
      fail(.tls(failure))
      return false
    }
    sendRequest()
    return exchange != nil
  }

  /// The reader of a stream has caught up.
  private func readOn(_ exchange: ClientExchange) {
    guard isPaused, self.exchange === exchange else { return }
    isPaused = false
    transport.setReading(true)
    // TLS may hold what has been read of the socket already.
    readInput()
  }

  private func readInput() {
    while transport.isOpen, !isPaused {
      switch transport.read() {
      case .bytes(let bytes):
        guard exchange != nil, parser != nil else { return close() }
        gotBytes = true
        for part in parser?.parse(bytes) ?? [] {
          guard take(part) else { return }
        }
        if transport.isPlain, bytes.count < loop.readBuffer.count { return }
      case .starved: return
      case .closed:
        if case .end? = parser?.finish() { return finish(keepsAlive: false) }
        return fail(.closed)
      case .failed(let reason): return fail(transport.isPlain ? .closed : .tls(reason))
      }
    }
  }

  private func take(_ part: HTTPResponseParser.Part) -> Bool {
    guard let exchange else { return false }
    switch part {
    case .head(let status, let headers):
      if exchange.pieces != nil { deadline = .max }
      exchange.begin(status, headers)
    case .body(let bytes):
      if let pieces = exchange.pieces {
        guard !pieces.add(bytes) else { break }
        isPaused = true
        transport.setReading(false)
      } else if !exchange.append(bytes) {
        fail(.tooLarge)
        return false
      }
    case .end(let keepsAlive):
      // What is behind an answer belongs to none, and would be taken for the next one's beginning.
      finish(keepsAlive: keepsAlive && parser?.hasSurplus != true)
      return false
    case .broken(let failure):
      fail(.malformedResponse(failure.reason))
      return false
    }
    return true
  }

  private func finish(keepsAlive: Bool) {
    guard let exchange else { return }
    self.exchange = nil
    parser = nil
    deadline = .max
    // A reader that is behind has the pieces; the connection goes on with the next exchange.
    isPaused = false
    if keepsAlive {
      transport.setReading(true)
      deadline = EventLoop.time(after: .seconds(60))
      loop.noteDeadline(deadline)
      pool.returned(self)
    } else {
      close()
    }
    exchange.end(nil)
  }

  private func fail(_ error: HTTPClientError) {
    let failed = exchange
    let isStale = isReused && !gotBytes && error == .closed
    exchange = nil
    close()
    guard let failed else { return }
    // A kept connection that the server closed meanwhile: the request is sent anew, once, unless the
    // server may have acted on it (RFC 9110 section 9.2.2; Go's client does the same).
    if isStale, failed.pieces == nil,
      ["GET", "HEAD", "OPTIONS"].contains(failed.request.method.bytes)
    {
      pool.start(failed, key: key, isFresh: true)
    } else {
      failed.end(error)
    }
  }

  func deadlineReached() { fail(.timedOut) }

  /// Ends the connection if it still works for the exchange.
  private func abandon(_ exchange: ClientExchange) {
    if self.exchange === exchange { fail(.cancelled) }
  }

  private func close() {
    deadline = .max
    pool.forget(self)
    transport.close()
  }
}
