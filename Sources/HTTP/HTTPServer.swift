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
  /// Further connections are closed as they come.
  package var maximumConnections: Int

  /// A configuration.
  package init(
    listen: [HostPort], tls: TLSServerContext? = nil, limits: HTTPLimits = HTTPLimits(),
    deadlines: HTTPDeadlines = HTTPDeadlines(), maximumConnections: Int = 10_000
  ) {
    self.listen = listen
    self.tls = tls
    self.limits = limits
    self.deadlines = deadlines
    self.maximumConnections = maximumConnections
  }
}

/// Why a server could not listen.
package enum HTTPServerError: Error, Sendable, Hashable, CustomStringConvertible {
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
  let date = HTTPDate()
  private let loops: EventLoops
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
    self.handler = handler
    self.log = log
  }

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
    let isFull = connections.withLock { $0.count >= configuration.maximumConnections }
    guard !isFull, !isStopped.load(ordering: .relaxed) else {
      close(descriptor)
      return
    }
    let loop = loops.next()
    loop.execute { [self] in
      let session = configuration.tls.flatMap { try? TLSSession(server: $0) }
      let transport = Transport(descriptor: descriptor, loop: loop, tls: session)
      guard configuration.tls == nil || session != nil else { return }
      let connection = ServerConnection(server: self, loop: loop, transport: transport)
      connections.withLock { $0[ObjectIdentifier(connection)] = connection }
      connection.start()
      // Whoever stops the server may have counted its connections before this one was among them.
      if isStopped.load(ordering: .relaxed) { connection.close() }
    }
  }

  /// Forgets a closed connection.
  func closed(_ connection: ServerConnection) {
    _ = connections.withLock { $0.removeValue(forKey: ObjectIdentifier(connection)) }
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

/// UUIDs for requests, from random bytes drawn in stock.
private final class RequestIDs: Sendable {
  private let stock = Mutex<[UInt8]>([])

  func next() -> String {
    let bytes: [UInt8] = stock.withLock { stock in
      if stock.count < 16 { stock = Randomness.system.bytes(4096) }
      defer { stock.removeLast(16) }
      return Array(stock.suffix(16))
    }
    return RequestIDs.text(bytes)
  }

  /// Version 4 (RFC 9562 section 5.4), written in one go.
  private static func text(_ bytes: [UInt8]) -> String {
    String(unsafeUninitializedCapacity: 36) { buffer in
      var place = 0
      for (index, byte) in bytes.enumerated() {
        if index == 4 || index == 6 || index == 8 || index == 10 {
          buffer[place] = UInt8(ascii: "-")
          place += 1
        }
        var value = byte
        if index == 6 { value = value & 0x0F | 0x40 }
        if index == 8 { value = value & 0x3F | 0x80 }
        buffer[place] = digit(value >> 4)
        buffer[place + 1] = digit(value & 15)
        place += 2
      }
      return place
    }
  }

  private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }
}
