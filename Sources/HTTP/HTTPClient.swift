package import Cryptography
import Platform
import Synchronization

/// An HTTP/1.1 client with kept connections.
///
/// It follows no redirects and uses no proxy.
package final class HTTPClient: Sendable {
  /// What a kept connection is good for.
  struct Key: Hashable, Sendable {
    let place: HostPort
    let isSecure: Bool
  }

  private struct Pool {
    var idle: [Key: [ClientConnection]] = [:]
  }

  private let loops: EventLoops
  private let tls: TLSClientContext?
  private let refusesForeignLinkLocal: Bool
  private let bodyLimit: Int
  private let pool = Mutex(Pool())

  /// A client on these loops.
  ///
  /// Without `tls`, `https` fails. `refusesForeignLinkLocal` connects to link-local addresses only
  /// where this host has them. `bodyLimit` is the largest answer that ``send(_:timeout:)`` collects.
  package init(
    loops: EventLoops, tls: TLSClientContext? = nil, refusesForeignLinkLocal: Bool = true,
    bodyLimit: Int = 64 << 20
  ) {
    self.loops = loops
    self.tls = tls
    self.refusesForeignLinkLocal = refusesForeignLinkLocal
    self.bodyLimit = bodyLimit
  }

  /// Sends a request and returns its whole answer.
  package func send(
    _ request: HTTPClientRequest, timeout: Duration = .seconds(30)
  ) async throws(HTTPClientError) -> HTTPClientResponse {
    let limit = bodyLimit
    let result: Result<HTTPClientResponse, HTTPClientError> = await withCheckedContinuation {
      continuation in
      let box = ResponseBox()
      start(
        ClientConnection.Exchange(
          request: request, deadline: EventLoop.time(after: timeout),
          head: { status, headers in box.begin(status, headers) },
          body: { box.append($0, limit: limit) },
          end: { error in
            continuation.resume(
              returning: error.map { .failure($0) } ?? .success(box.response))
          }, isStream: false),
        key: Key(place: request.url.place, isSecure: request.url.isSecure), isFresh: false)
    }
    return try result.get()
  }

  /// Sends a request and returns once the answer's head is there; its body follows piece by piece.
  package func stream(
    _ request: HTTPClientRequest, headTimeout: Duration = .seconds(30)
  ) async throws(HTTPClientError) -> HTTPClientStream {
    let (body, pieces) = AsyncThrowingStream<[UInt8], any Error>.makeStream()
    let result: Result<HTTPClientStream, HTTPClientError> = await withCheckedContinuation {
      continuation in
      let box = StreamBox(continuation)
      start(
        ClientConnection.Exchange(
          request: request, deadline: EventLoop.time(after: headTimeout),
          head: { status, headers in
            box.resume(.success(HTTPClientStream(status: status, headers: headers, body: body)))
          },
          body: {
            if case .terminated = pieces.yield($0) { return false }
            return true
          },
          end: { error in
            box.resume(.failure(error ?? .closed))
            pieces.finish(throwing: error)
          }, isStream: true),
        key: Key(place: request.url.place, isSecure: request.url.isSecure), isFresh: true
      ) { connection in
        pieces.onTermination = { _ in connection.loop.execute { connection.cancel() } }
      }
    }
    return try result.get()
  }

  /// Starts an exchange on a kept connection, or on a new one.
  func start(
    _ exchange: ClientConnection.Exchange, key: Key, isFresh: Bool,
    started: @escaping @Sendable (ClientConnection) -> Void = { _ in }
  ) {
    if !isFresh, let connection = pool.withLock({ $0.idle[key]?.popLast() }) {
      connection.loop.execute { connection.begin(exchange) }
      return
    }
    if let address = SocketAddress(numeric: key.place.host, port: key.place.port) {
      return connect(exchange, key: key, to: address, started: started)
    }
    // Looking a name up blocks, and a name server that is silent does so for long.
    let lookup = NameLookup()
    let now = EventLoop.now()
    let left = exchange.deadline > now ? Int64(clamping: exchange.deadline - now) : 0
    let timer = Task {
      try? await Task.sleep(for: .nanoseconds(left))
      if lookup.isFirst() { exchange.end(.timedOut) }
    }
    Thread.run { [self] in
      let address = SocketAddress.resolve(key.place).first
      guard lookup.isFirst() else { return }
      timer.cancel()
      guard let address else {
        return exchange.end(.unreachable("\(key.place.host) is not known"))
      }
      connect(exchange, key: key, to: address, started: started)
    }
  }

  private func connect(
    _ exchange: ClientConnection.Exchange, key: Key, to address: SocketAddress,
    started: @escaping @Sendable (ClientConnection) -> Void
  ) {
    if refusesForeignLinkLocal, address.isForeignLinkLocal {
      return exchange.end(.refusedAddress(key.place.host))
    }
    let loop = loops.next()
    loop.execute { [self] in
      do {
        var session: TLSSession?
        if key.isSecure {
          guard let tls else { return exchange.end(.tls("no authorities to trust are known")) }
          session = try TLSSession(client: tls, host: key.place.host)
        }
        let connection = try ClientConnection(
          pool: self, key: key, loop: loop, address: address, tls: session)
        started(connection)
        connection.begin(exchange)
      } catch let error as HTTPClientError {
        exchange.end(error)
      } catch {
        exchange.end(.tls("\(error)"))
      }
    }
  }

  /// Keeps a connection for later.
  func returned(_ connection: ClientConnection) {
    pool.withLock { $0.idle[connection.key, default: []].append(connection) }
  }

  /// Keeps a connection no longer.
  func forget(_ connection: ClientConnection) {
    pool.withLock { pool in
      pool.idle[connection.key]?.removeAll { $0 === connection }
      if pool.idle[connection.key]?.isEmpty == true { pool.idle[connection.key] = nil }
    }
  }
}

/// A name that is looked up: the answer or the deadline, whichever is first.
private final class NameLookup: Sendable {
  private let isOver = Mutex(false)

  func isFirst() -> Bool {
    isOver.withLock { isOver in
      defer { isOver = true }
      return !isOver
    }
  }
}

/// An answer that is being collected.
private final class ResponseBox: Sendable {
  private let collected = Mutex(HTTPClientResponse(status: 0))

  var response: HTTPClientResponse { collected.withLock { $0 } }

  func begin(_ status: Int, _ headers: HTTPHeaders) {
    collected.withLock { $0 = HTTPClientResponse(status: status, headers: headers) }
  }

  func append(_ bytes: [UInt8], limit: Int) -> Bool {
    collected.withLock { response in
      guard response.body.count + bytes.count <= limit else { return false }
      response.body.append(contentsOf: bytes)
      return true
    }
  }
}

/// Who waits for a stream's head; told once.
private final class StreamBox: Sendable {
  typealias Waiting = CheckedContinuation<Result<HTTPClientStream, HTTPClientError>, Never>
  private let waiting: Mutex<Waiting?>

  init(_ continuation: Waiting) { waiting = Mutex(continuation) }

  func resume(_ result: Result<HTTPClientStream, HTTPClientError>) {
    let continuation = waiting.withLock { waiting in
      defer { waiting = nil }
      return waiting
    }
    continuation?.resume(returning: result)
  }
}
