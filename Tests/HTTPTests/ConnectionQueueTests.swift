import Platform
import Testing

@testable import HTTP

/// Which connections a queue gives up, without sockets: its times are those that it is told.
@Suite struct ConnectionQueueTests {
  private static let second: UInt64 = 1_000_000_000
  private let server: HTTPServer
  private let queue: ConnectionQueue

  init() {
    let loops = EventLoops(count: 1)
    loops.stop()
    server = HTTPServer(
      HTTPServerConfiguration(listen: []), loops: loops,
      handler: ClosureHandler { _ in .text(200, "") })
    // A loop without a thread: the test's own is as good.
    queue = ConnectionQueue(loop: EventLoop())
  }

  private func connection() -> ServerConnection {
    ServerConnection(
      server: server, queue: queue, transport: Transport(descriptor: -1, loop: queue.loop))
  }

  private func isOpen(_ connection: ServerConnection) -> Bool { connection.transport.isOpen }

  /// Connections whose handshakes begin `pause` nanoseconds apart.
  private func greetings(_ count: Int, apart pause: UInt64) -> [ServerConnection] {
    (0..<UInt64(count)).map { index in
      let connection = connection()
      queue.put(connection, .greeting, since: Self.second + index * pause)
      return connection
    }
  }

  @Test("of handshakes that begin at once 512 are under way, and the oldest end")
  func burst() {
    let all = greetings(520, apart: 0)
    #expect(!all.prefix(8).contains(where: isOpen))
    #expect(all.dropFirst(8).allSatisfy(isOpen))
  }

  @Test("beyond 128 handshakes those end that take longer than a quarter of a second")
  func slow() {
    let all = greetings(140, apart: 10_000_000)
    #expect(!all.prefix(12).contains(where: isOpen))
    #expect(all.dropFirst(12).allSatisfy(isOpen))
    // Behind its handshake a connection is one that rests: it does not count any more.
    for connection in all.suffix(128) { queue.put(connection, .idle, since: 9 * Self.second) }
    #expect(greetings(251, apart: 1_000_000).allSatisfy(isOpen))
    #expect(all.suffix(128).allSatisfy(isOpen))
  }

  @Test("idle ones go first, then what has been greeting or waiting the longest")
  func order() {
    let standings: [ConnectionQueue.Standing] = [
      .greeting, .waiting, .greeting, .waiting, .idle, .nowhere, .idle,
    ]
    let all = standings.enumerated().map { index, standing in
      let connection = connection()
      queue.put(connection, standing, since: UInt64(index + 1))
      return connection
    }
    var ended: [Int] = []
    while queue.closeOldest() {
      ended += all.indices.filter { !isOpen(all[$0]) && !ended.contains($0) }
    }
    #expect(ended == [4, 6, 0, 1, 2, 3])
    #expect(isOpen(all[5]))
  }

  @Test("one that goes on waiting keeps its place, one that rests again has a new one")
  func places() {
    let (waiting, idle) = ([connection(), connection()], [connection(), connection()])
    for (index, connection) in waiting.enumerated() {
      queue.put(connection, .waiting, since: UInt64(index + 1))
    }
    for (index, connection) in idle.enumerated() {
      queue.put(connection, .idle, since: UInt64(index + 1))
    }
    queue.put(waiting[0], .waiting, since: 9)
    queue.put(idle[0], .idle, since: 9)
    #expect(queue.closeOldest())
    #expect(idle.map(isOpen) == [true, false])
    #expect(queue.closeOldest() && queue.closeOldest())
    #expect(waiting.map(isOpen) == [false, true])
  }
}
