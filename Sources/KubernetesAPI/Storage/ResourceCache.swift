import JSON

/// The objects of one resource in memory, with the changes of late and who follows them.
struct ResourceCache {
  /// How many changes are kept for watches that begin in the past.
  static let historyLimit = 4096
  /// How many bytes of rendered objects these may have; parsed they take about three times as much.
  static let historySize = 8 << 20

  private(set) var objects: [ObjectPlace: StoredObject] = [:]
  /// The same in the order of their places, so that a list is a part of it.
  private(set) var order: [StoredObject] = []
  private(set) var history: [StoredChange] = []
  private var historyBytes = 0
  /// Changes up to this revision are not known any more.
  private(set) var horizon: Int64 = 0
  var followers: [Int: Follower] = [:]

  /// One who is told of changes.
  struct Follower {
    let changes: AsyncStream<StoredChange>.Continuation
    /// How many changes may wait for it at most.
    let limit: Int

    static func make(limit: Int = 16_384) -> (stream: AsyncStream<StoredChange>, follower: Follower)
    {
      let (stream, changes) = AsyncStream<StoredChange>.makeStream(
        bufferingPolicy: .bufferingOldest(limit))
      return (stream, Follower(changes: changes, limit: limit))
    }

    /// Tells of a change; false where more wait than are `kept`, so that it would hold what nobody
    /// else does.
    func tell(_ change: StoredChange, kept: Int) -> Bool {
      switch changes.yield(change) {
      case .enqueued(let room): limit - room <= kept
      case .dropped: false
      default: true
      }
    }
  }

  /// Takes over what the database has, whose changes are over.
  mutating func load(_ loaded: [StoredObject], horizon: Int64) {
    objects = Dictionary(loaded.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    order = objects.sorted { $0.key < $1.key }.map(\.value)
    history = []
    historyBytes = 0
    self.horizon = horizon
  }

  /// Takes over a change, and tells those who follow; returns those who read too slowly, whom the
  /// caller cuts off once it holds no lock.
  mutating func apply(_ change: StoredChange) -> [AsyncStream<StoredChange>.Continuation] {
    if let after = change.after {
      let position = position(of: after.key)
      if objects.updateValue(after, forKey: after.key) == nil {
        order.insert(after, at: position)
      } else {
        order[position] = after
      }
    } else if let before = change.before {
      let position = position(of: before.key)
      if objects.removeValue(forKey: before.key) != nil { order.remove(at: position) }
    }
    history.append(change)
    historyBytes += change.size
    if history.count >= 2 * Self.historyLimit || historyBytes >= 2 * Self.historySize { forget() }
    var slow: [AsyncStream<StoredChange>.Continuation] = []
    for (id, follower) in followers where !follower.tell(change, kept: history.count) {
      followers[id] = nil
      slow.append(follower.changes)
    }
    return slow
  }

  /// Drops the oldest changes; the last one stays, whatever its size.
  private mutating func forget() {
    var count = max(0, history.count - Self.historyLimit)
    historyBytes -= history[..<count].reduce(0) { $0 + $1.size }
    while count < history.count - 1, historyBytes > Self.historySize {
      historyBytes -= history[count].size
      count += 1
    }
    guard count > 0 else { return }
    horizon = history[count - 1].revision
    history.removeFirst(count)
  }

  /// The first place that is not before this one.
  func position(of place: ObjectPlace) -> Int {
    var low = 0
    var high = order.count
    while low < high {
      let middle = (low + high) / 2
      if order[middle].key < place { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The objects of a namespace, or all, in order, from a place on.
  func list(namespace: String, from start: ObjectPlace? = nil) -> [StoredObject] {
    var first = start.map(position) ?? 0
    var end = order.count
    if !namespace.isEmpty {
      first = max(first, position(of: ObjectPlace(namespace: namespace, name: "")))
      // No name has a NUL, so nothing lies between the namespace and this.
      end = max(first, position(of: ObjectPlace(namespace: namespace + "\0", name: "")))
    }
    return Array(order[first..<end])
  }

  /// The changes after a revision.
  func changes(after revision: Int64) -> ArraySlice<StoredChange> {
    let first = history.firstIndex { $0.revision > revision } ?? history.endIndex
    return history[first...]
  }
}
