import CLinux
import Cryptography
import Glibc
import Platform

/// One connection of a client: one exchange at a time.
///
/// Safety: `@unchecked`: all its state is used on the loop's thread alone.
final class ClientConnection: EventHandler, @unchecked Sendable {
  /// Who waits for an exchange.
  struct Exchange {
    let request: HTTPClientRequest
    let deadline: UInt64
    let head: @Sendable (Int, HTTPHeaders) -> Void
    /// False: enough, close.
    let body: @Sendable ([UInt8]) -> Bool
    let end: @Sendable (HTTPClientError?) -> Void
    /// For streams the deadline ends with the head.
    let isStream: Bool
  }

  let loop: EventLoop
  let key: HTTPClient.Key
  private let pool: HTTPClient
  private let transport: Transport
  private var exchange: Exchange?
  private var parser: HTTPResponseParser?
  private var isConnected = false
  private var gotBytes = false
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
  func begin(_ exchange: Exchange) {
    // The server may have closed a kept connection since it was chosen.
    guard transport.isOpen else { return pool.start(exchange, key: key, isFresh: true) }
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
    guard let request = exchange?.request else { return }
    var head = "\(request.method) \(request.url.target) HTTP/1.1\r\n"
    if request.headers["Host"] == nil { head += "Host: \(request.url.hostHeader)\r\n" }
    for field in request.headers.fields { head += "\(field.name): \(field.value)\r\n" }
    if !request.body.isEmpty || ["POST", "PUT", "PATCH"].contains(request.method) {
      head += "Content-Length: \(request.body.count)\r\n"
    }
    transport.send(Array((head + "\r\n").utf8) + request.body)
    if !transport.flush() { fail(.closed) }
  }

  func handle(_ events: UInt32) {
    if !isConnected, events & (EPOLLOUT.rawValue | EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0 {
      guard connected() else { return }
    } else if events & EPOLLOUT.rawValue != 0, !transport.flush() {
      return fail(.closed)
    }
    if events & (EPOLLIN.rawValue | EPOLLRDHUP.rawValue | EPOLLHUP.rawValue | EPOLLERR.rawValue)
      != 0
    {
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

  private func readInput() {
    while transport.isOpen {
      switch transport.read() {
      case .bytes(let bytes):
        guard exchange != nil, parser != nil else { return close() }
        gotBytes = true
        do {
          for part in try parser?.parse(bytes) ?? [] {
            guard take(part) else { return }
          }
        } catch { return fail(.malformedResponse(error.reason)) }
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
      if exchange.isStream { deadline = .max }
      exchange.head(status, headers)
    case .body(let bytes):
      guard exchange.body(bytes) else {
        fail(.tooLarge)
        return false
      }
    case .end(let keepsAlive):
      finish(keepsAlive: keepsAlive)
      return false
    }
    return true
  }

  private func finish(keepsAlive: Bool) {
    guard let exchange else { return }
    self.exchange = nil
    parser = nil
    deadline = .max
    if keepsAlive {
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
    if isStale, !failed.isStream, ["GET", "HEAD", "OPTIONS"].contains(failed.request.method) {
      pool.start(failed, key: key, isFresh: true)
    } else {
      failed.end(error)
    }
  }

  func deadlineReached() { fail(.timedOut) }

  /// Ends the connection and whatever goes on on it.
  func cancel() { fail(.cancelled) }

  private func close() {
    deadline = .max
    pool.forget(self)
    transport.close()
  }
}
