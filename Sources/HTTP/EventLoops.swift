import CLinux
import Glibc
import Platform
import Synchronization

/// The loops of a process with what its servers share: memory and descriptors.
///
/// Connections are spread over the loops in turn.
package final class EventLoops: Sendable {
  private let loops: [EventLoop]
  private let turn = Atomic<Int>(0)
  /// What the connections of all servers hold.
  package let memory: HTTPMemory
  /// How many connections all servers may have: what the process may open, less what it needs itself.
  let connectionLimit: Int
  /// How many connections all servers have.
  let connectionCount = Atomic<Int>(0)
  private let queues = Mutex<[ConnectionQueue]>([])

  /// Starts `count` loops, each with a thread of its own.
  package init(count: Int = 1, memory: HTTPMemoryLimits = HTTPMemoryLimits()) {
    loops = (0..<max(1, count)).map { _ in EventLoop() }
    self.memory = HTTPMemory(limits: memory)
    let limit = DescriptorLimit.current
    connectionLimit = max(8, limit - min(1024, limit / 4 + 16))
    for loop in loops { loop.start() }
  }

  /// The number of the loop whose turn it is.
  func nextTurn() -> Int { turn.wrappingAdd(1, ordering: .relaxed).newValue & 0xFFFF % loops.count }

  /// The loop whose turn it is.
  func next() -> EventLoop { loops[nextTurn()] }

  /// The first loop, which accepts connections.
  var first: EventLoop { loops[0] }

  /// Queues for a server that starts, one for each loop.
  func makeQueues() -> [ConnectionQueue] {
    let made = loops.map(ConnectionQueue.init)
    queues.withLock { $0 += made }
    return made
  }

  /// Forgets the queues of a server that stops.
  func forget(_ gone: [ConnectionQueue]) {
    queues.withLock { queues in
      queues.removeAll { queue in gone.contains { $0 === queue } }
    }
  }

  /// The queue of any server that has the connection to be given up first; nil where none has any.
  var firstQueue: ConnectionQueue? { ConnectionQueue.first(of: queues.withLock { $0 }) }

  /// Ends all threads; connections must be closed before.
  package func stop() { for loop in loops { loop.stop() } }
}
