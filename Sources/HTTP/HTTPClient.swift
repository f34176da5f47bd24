package import Cryptography
import Platform
import Synchronization

/// An HTTP/1.1 client with kept connections.
///
/// It follows no redirects and uses no proxy.
package final class HTTPClient: Sendable {
  /// Which link-local addresses a client connects to; judged once a name is resolved.
  package enum LinkLocal: Sendable {
    /// Those that an interface of this host has, as the node agent's.
    case own
    /// None: for URLs that somebody else brought.
    case none
  }

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
  private let linkLocal: LinkLocal
  private let bodyLimit: Int
  private let pool = Mutex(Pool())

  /// A client on these loops.
  ///
  /// Without `tls`, `https` fails. `bodyLimit` is the largest answer that ``send(_:timeout:)``
  /// collects, in bytes.
  package init(
    loops: EventLoops, tls: TLSClientContext? = nil, linkLocal: LinkLocal = .own,
    bodyLimit: Int = 64 << 20
  ) {
    self.loops = loops
    self.tls = tls
    self.linkLocal = linkLocal
    self.bodyLimit = bodyLimit
  }

  /// Sends a request and returns its whole answer.
  ///
  /// A task that is cancelled returns at once, and one that was cancelled before sends nothing.
  /// - Throws: `.cancelled` then; `.malformedRequest` where a part cannot be written.
  package func send(
    _ request: HTTPClientRequest, timeout: Duration = .seconds(30)
  ) async throws(HTTPClientError) -> HTTPClientResponse {
    let (response, cut) = try await attempt(request, timeout: timeout)
    if let cut { throw cut }
    return response
  }

  /// Sends a request and returns what came of its answer until `timeout`, and what ended it before its
  /// end, if anything did.
  ///
  /// - Throws: where not even a whole head came.
  package func attempt(
    _ request: HTTPClientRequest, timeout: Duration
  ) async throws(HTTPClientError) -> (response: HTTPClientResponse, cut: HTTPClientError?) {
    let (limit, box) = (bodyLimit, ResponseBox())
    let waiting = OneContinuation<(response: HTTPClientResponse, cut: HTTPClientError?)>()
    let exchange = ClientExchange(
      request, deadline: EventLoop.time(after: timeout),
      head: { status, headers in box.begin(status, headers) },
      body: { box.append($0, limit: limit) },
      finish: { error in
        let response = box.response
        if let error, response.status == 0 || error == .cancelled {
          waiting.resume(.failure(error))
        } else {
          waiting.resume(.success((response, error)))
        }
      })
    return try await run(exchange, isFresh: false, waiting)
  }

  /// Sends a request and returns once the answer's head is there; its body follows piece by piece.
  ///
  /// Cancellation is as that of ``send(_:timeout:)``; the deadline is the head's alone.
  package func stream(
    _ request: HTTPClientRequest, headTimeout: Duration = .seconds(30)
  ) async throws(HTTPClientError) -> HTTPClientStream {
    let pieces = BodyPieces()
    let body = HTTPClientBody(pieces)
    let waiting = OneContinuation<HTTPClientStream>()
    let exchange = ClientExchange(
      request, deadline: EventLoop.time(after: headTimeout), pieces: pieces,
      head: { status, headers in
        waiting.resume(.success(HTTPClientStream(status: status, headers: headers, body: body)))
      },
      finish: { error in
        waiting.resume(.failure(error ?? .closed))
        pieces.end(error)
      })
    return try await run(exchange, isFresh: true, waiting)
  }

  private func run<Answer: Sendable>(
    _ exchange: ClientExchange, isFresh: Bool, _ waiting: OneContinuation<Answer>
  ) async throws(HTTPClientError) -> Answer {
    if Task.isCancelled { throw .cancelled }
    if let objection = exchange.request.objection { throw .malformedRequest(objection) }
    let url = exchange.request.url
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        waiting.set(continuation)
        start(exchange, key: Key(place: url.place, isSecure: url.isSecure), isFresh: isFresh)
      }
    } onCancel: {
      exchange.abandon(.cancelled)
    }
    return try result.get()
  }

  /// Starts an exchange on a kept connection, or on a new one.
  func start(_ exchange: ClientExchange, key: Key, isFresh: Bool) {
    if !isFresh, let connection = pool.withLock({ $0.idle[key]?.popLast() }) {
      connection.loop.execute { connection.begin(exchange) }
      return
    }
    if let address = SocketAddress(numeric: key.place.host, port: key.place.port) {
      return connect(exchange, key: key, to: address)
    }
    // Looking a name up blocks, and a name server that is silent does so for long.
    let now = EventLoop.now()
    let left = exchange.deadline > now ? Int64(clamping: exchange.deadline - now) : 0
    let timer = Task {
      if (try? await Task.sleep(for: .nanoseconds(left))) != nil { exchange.end(.timedOut) }
    }
    guard exchange.proceed(stop: { timer.cancel() }) else { return timer.cancel() }
    Thread.run { [self] in
      let address = SocketAddress.resolve(key.place).first
      timer.cancel()
      guard let address else {
        return exchange.end(.unreachable("\(key.place.host) is not known"))
      }
      connect(exchange, key: key, to: address)
    }
  }

  /// Connects to the address that was judged; no name is resolved a second time.
  private func connect(_ exchange: ClientExchange, key: Key, to address: SocketAddress) {
    guard !exchange.isOver else { return }
    guard address.isAllowed(linkLocal) else { return exchange.end(.refusedAddress(key.place.host)) }
    let loop = loops.next()
    loop.execute { [self] in
      guard !exchange.isOver else { return }
      do {
        var session: TLSSession?
        if key.isSecure {
          guard let tls else { return exchange.end(.tls("no authorities to trust are known")) }
          session = try TLSSession(client: tls, host: key.place.host)
        }
        let connection = try ClientConnection(
          pool: self, key: key, loop: loop, address: address, tls: session)
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

/// Who waits for an answer; told once, also where the answer is there first.
private final class OneContinuation<Answer: Sendable>: Sendable {
  private typealias Outcome = Result<Answer, HTTPClientError>
  private enum State {
    case early
    case waiting(CheckedContinuation<Outcome, Never>)
    case told(Outcome)
  }
  private let state = Mutex(State.early)

  func set(_ continuation: CheckedContinuation<Result<Answer, HTTPClientError>, Never>) {
    let outcome = state.withLock { state in
      if case .told(let outcome) = state { return Outcome?.some(outcome) }
      state = .waiting(continuation)
      return nil
    }
    if let outcome { continuation.resume(returning: outcome) }
  }

  func resume(_ outcome: Result<Answer, HTTPClientError>) {
    let continuation = state.withLock { state in
      if case .told = state { return CheckedContinuation<Outcome, Never>?.none }
      defer { state = .told(outcome) }
      if case .waiting(let continuation) = state { return continuation }
      return nil
    }
    continuation?.resume(returning: outcome)
  }
}
