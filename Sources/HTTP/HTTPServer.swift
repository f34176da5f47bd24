// HTTP/1.1 over epoll, with TLS through memory: requests in, answers out. This room knows neither AWS
// nor Kubernetes.

package import Cryptography
import Glibc
package import Platform
import Synchronization

/// Where and how a server listens.
package struct HTTPServerConfiguration: Sendable {
  package var listen: [HostPort]
  package var tls: TLSServerContext?
  package var limits: HTTPLimits
  package var deadlines: HTTPDeadlines
  /// For a further connection the oldest idle one is ended; where none is idle, the one that has been
  /// sending its request, or taking its answer, the longest; the new one where there is none of these.
  package var maximumConnections: Int
  /// The answer to a request for which there is no memory now (``HTTPMemoryLimits``).
  package var overloaded: @Sendable (HTTPRequest) -> HTTPResponse
  /// Called with the status that a request gets which cannot be read, 408 where it did not come whole
  /// in time; runs on a loop's thread and must not block.
  package var refused: @Sendable (_ status: Int) -> Void
  /// Whether a handler's task is cancelled when the other end sends no more, as it does when it hangs
  /// up; what is answered all the same reaches one that has shut down its half only.
  package var endsWithInput: Bool

  /// A configuration.
  package init(
    listen: [HostPort], tls: TLSServerContext? = nil, limits: HTTPLimits = HTTPLimits(),
    deadlines: HTTPDeadlines = HTTPDeadlines(), maximumConnections: Int = 10_000,
    overloaded: @escaping @Sendable (HTTPRequest) -> HTTPResponse = { _ in Self.busy },
    refused: @escaping @Sendable (_ status: Int) -> Void = { _ in }, endsWithInput: Bool = false
  ) {
    self.listen = listen
    self.tls = tls
    self.limits = limits
    self.deadlines = deadlines
    self.maximumConnections = maximumConnections
    self.overloaded = overloaded
    self.refused = refused
    self.endsWithInput = endsWithInput
  }

  /// The answer where nothing else is known of the request.
  static var busy: HTTPResponse {
    var response = HTTPResponse.text(503, "too much is being sent at once, try again\n")
    response.headers["Retry-After"] = "1"
    return response
  }
}

/// Why a server could not listen.
package enum HTTPServerError: Error, Sendable, CustomStringConvertible {
  case addressTaken(HostPort)
  case unknownHost(HostPort)
  case refused(HostPort, String)

  package var description: String {
    switch self {
    case .addressTaken(let address): "\(address.text) is in use by another program"
    case .unknownHost(let address): "\(address.host) is no address of this machine"
    case .refused(let address, let reason): "cannot listen on \(address.text): \(reason)"
    }
  }
}

/// A server: its listeners, their connections and the handler that answers.
///
/// Safety: `@unchecked` for `listeners`, set once by ``start()`` before anything else runs; the
/// rest is immutable or behind a lock.
package final class HTTPServer: @unchecked Sendable {
  let configuration: HTTPServerConfiguration
  let handler: any HTTPHandler
  let log: Log
  private let loops: EventLoops
  /// What holds for all its connections.
  let rules: HTTPConnectionRules
  private let queues: [ConnectionQueue]
  private let connectionCount = Atomic<Int>(0)
  private let connections = Mutex<[ObjectIdentifier: ServerConnection]>([:])
  private let ids = RequestIDs()
  private let isStopped = Atomic<Bool>(false)
  private let drained = Mutex<CheckedContinuation<Void, Never>?>(nil)
  private var listeners: [Listener] = []

  /// A server that does not listen yet.
  package init(
    _ configuration: HTTPServerConfiguration, loops: EventLoops, handler: any HTTPHandler,
    log: Log = .none
  ) {
    self.configuration = configuration
    self.loops = loops
    rules = HTTPConnectionRules(
      limits: configuration.limits, deadlines: configuration.deadlines,
      endsWithInput: configuration.endsWithInput, isPlain: configuration.tls == nil,
      memory: loops.memory)
    queues = loops.makeQueues()
    self.handler = handler
    self.log = log
  }

  deinit { loops.forget(queues) }

  /// The addresses that it listens on, with the ports that the system chose for port 0.
  package var addresses: [HostPort] { listeners.map(\.address) }

  /// The URLs of its listeners.
  package var urls: [String] {
    addresses.map { (configuration.tls == nil ? "http://" : "https://") + $0.text }
  }

  /// Binds all addresses and accepts; none is left bound if one fails.
  package func start() throws(HTTPServerError) {
    var bound: [Listener] = []
    do {
      for address in configuration.listen {
        bound.append(try Listener(address: address, loop: loops.first, server: self))
      }
    } catch {
      for listener in bound { listener.close() }
      throw error
    }
    listeners = bound
    for listener in bound { listener.start() }
  }

  /// Refuses connections from now on, and keeps the ports for the program that is put in this one's
  /// place; before ``stop(grace:)``.
  package func hold() {
    for listener in listeners { listener.hold() }
  }

  /// Stops accepting, lets exchanges in flight finish for at most `grace`, then closes the rest.
  package func stop(grace: Duration) async {
    isStopped.store(true, ordering: .relaxed)
    for listener in listeners { listener.close() }
    for connection in all { connection.loop.execute { connection.stop() } }
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        await withCheckedContinuation { continuation in
          self.drained.withLock { $0 = continuation }
          self.resumeIfDrained()
        }
      }
      group.addTask {
        try? await Task.sleep(for: grace)
        for connection in self.all { connection.loop.execute { connection.close() } }
      }
      await group.next()
      group.cancelAll()
      for connection in all { connection.loop.execute { connection.close() } }
    }
  }

  private var all: [ServerConnection] { connections.withLock { Array($0.values) } }

  /// Takes an accepted socket.
  func accepted(_ descriptor: Int32) {
    guard !isStopped.load(ordering: .relaxed) else {
      close(descriptor)
      return
    }
    let count = connectionCount.wrappingAdd(1, ordering: .relaxed).newValue
    let total = loops.connectionCount.wrappingAdd(1, ordering: .relaxed).newValue
    let queue = queues[loops.nextTurn()]
    guard count > configuration.maximumConnections || total > loops.connectionLimit else {
      return queue.loop.execute { [self] in serve(descriptor, queue) }
    }
    let full =
      count > configuration.maximumConnections
      ? ConnectionQueue.first(of: queues) : loops.firstQueue
    guard let full else { return refuse(descriptor) }
    full.loop.execute { [self] in
      guard full.closeOldest() else { return refuse(descriptor) }
      queue.loop.execute { [self] in serve(descriptor, queue) }
    }
  }

  private func serve(_ descriptor: Int32, _ queue: ConnectionQueue) {
    let transport = Transport(
      descriptor: descriptor, loop: queue.loop,
      makeSession: configuration.tls.map { context in { try? TLSSession(server: context) } })
    let connection = ServerConnection(server: self, queue: queue, transport: transport)
    connections.withLock { $0[ObjectIdentifier(connection)] = connection }
    connection.start()
    // Whoever stops the server may have counted its connections before this one was among them.
    if isStopped.load(ordering: .relaxed) { connection.close() }
  }

  private func refuse(_ descriptor: Int32) {
    close(descriptor)
    countDown()
  }

  private func countDown() {
    connectionCount.wrappingSubtract(1, ordering: .relaxed)
    loops.connectionCount.wrappingSubtract(1, ordering: .relaxed)
  }

  /// Ends the oldest idle connection of the process, because it has no descriptors left, then calls
  /// `done`; false where there is none.
  func makeRoom(done: @escaping @Sendable () -> Void) -> Bool {
    guard let full = loops.firstQueue else { return false }
    full.loop.execute {
      _ = full.closeOldest()
      done()
    }
    return true
  }

  /// Forgets a closed connection.
  func closed(_ connection: ServerConnection) {
    let known = connections.withLock { $0.removeValue(forKey: ObjectIdentifier(connection)) }
    if known != nil { countDown() }
    resumeIfDrained()
  }

  private func resumeIfDrained() {
    guard isStopped.load(ordering: .relaxed), connections.withLock({ $0.isEmpty }) else { return }
    let waiting = drained.withLock { waiting in
      defer { waiting = nil }
      return waiting
    }
    waiting?.resume()
  }

  /// A new request's id.
  func makeRequestID() -> String { ids.next() }
}
