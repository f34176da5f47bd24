import JSON
import Platform
import SQLite
import Synchronization

/// The cluster's objects: SQLite holds the truth, a copy in memory answers reads and watches.
///
/// Changes run one after another on the database's thread; each is in the database before it is in
/// memory, and in memory before its call returns. One counter numbers all changes.
final class ObjectStore: Sendable {
  /// What a change comes to.
  enum Outcome: Sendable {
    case unchanged
    case store(JSONObject)
    case remove
  }

  private struct Memory {
    var caches: [ResourceKind: ResourceCache] = [:]
    var revision: Int64 = 0
    var nextFollower = 0
  }

  private static let migrations = [
    """
    CREATE TABLE objects (
      resource TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL,
      revision INTEGER NOT NULL, object TEXT NOT NULL,
      PRIMARY KEY (resource, namespace, name)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE counter (id INTEGER PRIMARY KEY CHECK (id = 1), revision INTEGER NOT NULL) STRICT;
    INSERT INTO counter (id, revision) VALUES (1, 0);
    """
  ]

  private let database: Database
  private let memory = Mutex(Memory())

  /// Opens the store in a file, or in `:memory:`.
  init(path: String) async throws {
    database = try await Database(path: path, migrations: Self.migrations)
    try await load()
  }

  private func load() async throws {
    try await database.read { connection in
      let revision = try connection.query("SELECT revision FROM counter", []) { $0.integer(0) }
      let rows = try connection.query("SELECT resource, revision, object FROM objects", []) {
        (resource: $0.text(0), revision: $0.integer(1), object: $0.text(2))
      }
      var loaded: [ResourceKind: [StoredObject]] = [:]
      for row in rows {
        guard let kind = ResourceKind.named(row.resource),
          let object = try JSON.parse(row.object).object
        else { continue }
        loaded[kind, default: []].append(
          StoredObject(kind, object, revision: row.revision))
      }
      let horizon = revision.first ?? 0
      self.memory.withLock { memory in
        memory.revision = horizon
        for kind in ResourceKind.all {
          memory.caches[kind, default: ResourceCache()].load(
            loaded[kind] ?? [], horizon: horizon)
        }
      }
    }
  }

  /// The number of the last change.
  var revision: Int64 { memory.withLock { $0.revision } }

  /// The object at a place.
  func object(_ kind: ResourceKind, _ place: ObjectPlace) -> StoredObject? {
    memory.withLock { $0.caches[kind]?.objects[place] }
  }

  /// The objects of a namespace, or all where it is empty, in order, with the revision.
  func list(
    _ kind: ResourceKind, namespace: String, from start: ObjectPlace? = nil
  ) -> (objects: [StoredObject], revision: Int64) {
    memory.withLock { memory in
      (
        memory.caches[kind]?.list(namespace: namespace, from: start) ?? [],
        memory.revision
      )
    }
  }

  /// Changes the object at a place as `decide` says once it sees the current state, and returns the
  /// last state; nil where there is none.
  ///
  /// With `isDryRun` everything happens but the change. `decide` may read the store.
  func change(
    _ kind: ResourceKind, _ place: ObjectPlace, isDryRun: Bool = false,
    _ decide: @escaping @Sendable (StoredObject?) throws(StatusError) -> Outcome
  ) async throws(StatusError) -> StoredObject? {
    do {
      return try await database.write { connection -> (StoredObject?, StoredChange?) in
        let before = self.object(kind, place)
        let outcome = try decide(before)
        let revision = self.revision + 1
        switch outcome {
        case .unchanged: return (before, nil)
        case .store(let object):
          let after = StoredObject(kind, object, revision: revision)
          if isDryRun { return (StoredObject(kind, object, revision: 0), nil) }
          try connection.run(
            """
            INSERT INTO objects (resource, namespace, name, revision, object)
            VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT DO UPDATE SET revision = ?4, object = ?5
            """, .text(kind.qualifiedName), .text(place.namespace), .text(place.name),
            .integer(revision), .text(after.json.text()))
          try connection.run("UPDATE counter SET revision = ?", .integer(revision))
          return (after, StoredChange(revision: revision, before: before, after: after))
        case .remove:
          guard let before else { return (nil, nil) }
          let last = before.at(revision: revision)
          if isDryRun { return (last, nil) }
          try connection.run(
            "DELETE FROM objects WHERE resource = ? AND namespace = ? AND name = ?",
            .text(kind.qualifiedName), .text(place.namespace), .text(place.name))
          try connection.run("UPDATE counter SET revision = ?", .integer(revision))
          return (last, StoredChange(revision: revision, before: last, after: nil))
        }
      } committed: { result in
        guard let change = result.1 else { return }
        let slow = self.memory.withLock { memory in
          memory.revision = change.revision
          return memory.caches[kind, default: ResourceCache()].apply(change)
        }
        for follower in slow { follower.finish() }
      }.0
    } catch let error as StatusError {
      throw error
    } catch {
      throw .internalError("\(error)")
    }
  }

  /// Every change of a kind after a revision; nil where those are not known any more.
  ///
  /// Without a revision the changes from now on, with the objects that are there before them.
  func follow(
    _ kind: ResourceKind, after revision: Int64?
  ) -> (existing: [StoredObject], revision: Int64, changes: AsyncStream<StoredChange>)? {
    let (stream, follower) = ResourceCache.Follower.make()
    let found = memory.withLock { memory -> ([StoredObject], Int64, Int)? in
      var cache = memory.caches[kind] ?? ResourceCache()
      if let revision {
        guard revision >= cache.horizon else { return nil }
        for change in cache.changes(after: revision) { follower.changes.yield(change) }
      }
      let id = memory.nextFollower
      memory.nextFollower += 1
      cache.followers[id] = follower
      memory.caches[kind] = cache
      return (revision == nil ? cache.list(namespace: "") : [], memory.revision, id)
    }
    guard let (existing, now, id) = found else { return nil }
    follower.changes.onTermination = { [weak self] _ in
      // Not here: whoever cancels the reader holds the reader's own lock, which a change that is
      // being told under `memory` waits for.
      Task { self?.memory.withLock { $0.caches[kind]?.followers[id] = nil } }
    }
    return (existing, now, stream)
  }

  /// How many follow a kind, for tests.
  func followerCount(of kind: ResourceKind) -> Int {
    memory.withLock { $0.caches[kind]?.followers.count ?? 0 }
  }

  /// Forgets everything; whoever follows sees each object go.
  func reset() async throws {
    _ = try await database.write { connection -> Int64 in
      try connection.script("DELETE FROM objects; UPDATE counter SET revision = revision + 1;")
      return self.revision + 1
    } committed: { revision in
      let slow = self.memory.withLock { memory in
        memory.revision = revision
        return ResourceKind.all.flatMap { kind in
          (memory.caches[kind]?.list(namespace: "") ?? []).flatMap { object in
            memory.caches[kind, default: ResourceCache()].apply(
              StoredChange(revision: revision, before: object.at(revision: revision), after: nil))
          }
        }
      }
      for follower in slow { follower.finish() }
    }
  }

  /// Closes the database; later changes fail.
  func close() async { await database.close() }
}
