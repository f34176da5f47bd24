/// The objects of one resource in memory, with the changes of late and who follows them.
struct ResourceCache {
  /// How many changes are kept for watches that begin in the past.
  static let historyLimit = 4096

  private(set) var objects: [ObjectPlace: StoredObject] = [:]
  /// The places in order.
  private(set) var order: [ObjectPlace] = []
  private(set) var history: [StoredChange] = []
  /// Changes up to this revision are not known any more.
  private(set) var horizon: Int64 = 0
  var followers: [Int: AsyncStream<StoredChange>.Continuation] = [:]

  /// Takes over what the database has, whose changes are over.
  mutating func load(_ loaded: [StoredObject], horizon: Int64) {
    objects = Dictionary(loaded.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    order = objects.keys.sorted()
    history = []
    self.horizon = horizon
  }

  /// Takes over a change, and tells those who follow; returns those who read too slowly, whom the
  /// caller cuts off once it holds no lock.
  mutating func apply(_ change: StoredChange) -> [AsyncStream<StoredChange>.Continuation] {
    if let after = change.after {
      if objects.updateValue(after, forKey: after.key) == nil {
        order.insert(after.key, at: position(of: after.key))
      }
    } else if let before = change.before {
      objects[before.key] = nil
      let position = position(of: before.key)
      if position < order.count, order[position] == before.key { order.remove(at: position) }
    }
    history.append(change)
    if history.count >= 2 * Self.historyLimit {
      horizon = history[history.count - Self.historyLimit - 1].revision
      history.removeFirst(history.count - Self.historyLimit)
    }
    var slow: [AsyncStream<StoredChange>.Continuation] = []
    for (id, follower) in followers {
      if case .dropped = follower.yield(change) {
        followers[id] = nil
        slow.append(follower)
      }
    }
    return slow
  }

  /// The first place that is not before this one.
  func position(of place: ObjectPlace) -> Int {
    var low = 0
    var high = order.count
    while low < high {
      let middle = (low + high) / 2
      if order[middle] < place { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The objects of a namespace, or all, in order, from a place on.
  func list(namespace: String, from start: ObjectPlace? = nil) -> [StoredObject] {
    var position = start.map(position) ?? 0
    if !namespace.isEmpty {
      position = max(position, self.position(of: ObjectPlace(namespace: namespace, name: "")))
    }
    var found: [StoredObject] = []
    if namespace.isEmpty { found.reserveCapacity(order.count - position) }
    while position < order.count {
      let place = order[position]
      if !namespace.isEmpty, place.namespace != namespace { break }
      if let object = objects[place] { found.append(object) }
      position += 1
    }
    return found
  }

  /// The changes after a revision.
  func changes(after revision: Int64) -> ArraySlice<StoredChange> {
    let first = history.firstIndex { $0.revision > revision } ?? history.endIndex
    return history[first...]
  }
}
