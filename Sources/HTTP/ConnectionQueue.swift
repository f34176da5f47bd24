import Synchronization

/// The connections of a server on one loop that may be given up for a new one, oldest first.
///
/// Safety: `@unchecked`: the lists are used on the loop's thread alone; what other threads compare is
/// atomic.
final class ConnectionQueue: @unchecked Sendable {
  enum Standing {
    /// A request is being answered.
    case nowhere
    /// No request is in progress and no answer waits.
    case idle
    /// A TLS handshake is under way.
    case greeting
    /// The other end is slow: to send a request, or to take an answer.
    case waiting
  }

  /// A connection's place in one of the lists.
  struct Place {
    fileprivate(set) var standing = Standing.nowhere
    fileprivate(set) var since: UInt64 = 0
    fileprivate var older: ServerConnection?
    fileprivate var newer: ServerConnection?
  }

  private struct List {
    var oldest: ServerConnection?
    var newest: ServerConnection?
  }

  let loop: EventLoop
  private var idle = List()
  private var greeting = List()
  private var greetings = 0
  private var waiting = List()
  /// Since when the oldest of each list is in it, in nanoseconds of the loops' clock; `.max` for none.
  private let idleSince = Atomic<UInt64>(.max)
  private let waitingSince = Atomic<UInt64>(.max)

  init(loop: EventLoop) { self.loop = loop }

  /// Puts a connection last in the list of a standing; one that goes on waiting keeps its place.
  func put(_ connection: ServerConnection, _ standing: Standing, since: UInt64) {
    loop.assertCurrent()
    if standing == .idle, idle.newest === connection {
      connection.place.since = since
      if idle.oldest === connection { idleSince.store(since, ordering: .relaxed) }
      return
    }
    let old = connection.place.standing
    if old == standing, standing != .idle { return }
    switch old {
    case .nowhere: break
    case .idle: Self.remove(connection, from: &idle)
    case .greeting:
      Self.remove(connection, from: &greeting)
      greetings -= 1
    case .waiting: Self.remove(connection, from: &waiting)
    }
    connection.place.standing = standing
    connection.place.since = since
    switch standing {
    case .nowhere: break
    case .idle: Self.append(connection, to: &idle)
    case .greeting:
      Self.append(connection, to: &greeting)
      greetings += 1
    case .waiting: Self.append(connection, to: &waiting)
    }
    idleSince.store(idle.oldest?.place.since ?? .max, ordering: .relaxed)
    waitingSince.store(slowest?.place.since ?? .max, ordering: .relaxed)
    if standing == .greeting { endOldGreetings(now: since) }
  }

  /// How many handshakes may be under way on a loop; from a quarter of it on, those end that take long.
  ///
  /// OpenSSL takes about 50 KiB for each.
  private static let greetingLimit = 512
  private static let greetingTime: UInt64 = 250_000_000

  private func endOldGreetings(now: UInt64) {
    while greetings > Self.greetingLimit / 4, let oldest = greeting.oldest,
      greetings > Self.greetingLimit || now > oldest.place.since + Self.greetingTime
    {
      oldest.close()
    }
  }

  /// The one that has been greeting or waiting the longest.
  private var slowest: ServerConnection? {
    guard let first = greeting.oldest, let second = waiting.oldest else {
      return greeting.oldest ?? waiting.oldest
    }
    return first.place.since < second.place.since ? first : second
  }

  private static func append(_ connection: ServerConnection, to list: inout List) {
    connection.place.older = list.newest
    list.newest?.place.newer = connection
    list.newest = connection
    if list.oldest == nil { list.oldest = connection }
  }

  private static func remove(_ connection: ServerConnection, from list: inout List) {
    let (older, newer) = (connection.place.older, connection.place.newer)
    connection.place.older = nil
    connection.place.newer = nil
    if let older { older.place.newer = newer } else { list.oldest = newer }
    if let newer { newer.place.older = older } else { list.newest = older }
  }

  /// Ends the connection that has been idle the longest; where none is, the one that has been waiting.
  ///
  /// False where there is neither. On the loop's thread.
  func closeOldest() -> Bool {
    guard let oldest = idle.oldest ?? slowest else { return false }
    put(oldest, .nowhere, since: 0)
    oldest.close()
    return true
  }

  /// The queue that has the connection to be given up first; nil where none has any.
  static func first(of queues: [ConnectionQueue]) -> ConnectionQueue? {
    func oldest(_ since: (ConnectionQueue) -> UInt64) -> ConnectionQueue? {
      queues.min { since($0) < since($1) }.flatMap { since($0) == .max ? nil : $0 }
    }
    return oldest { $0.idleSince.load(ordering: .relaxed) }
      ?? oldest { $0.waitingSince.load(ordering: .relaxed) }
  }
}
