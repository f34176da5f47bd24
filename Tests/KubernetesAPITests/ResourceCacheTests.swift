import JSON
import Testing

@testable import KubernetesAPI

/// History and followers of one resource, without a database.
@Suite struct ResourceCacheTests {
  private func change(_ revision: Int64, size: Int = 1) -> StoredChange {
    let object: JSONObject = [
      "metadata": ["name": "a", "namespace": "n"],
      "data": ["text": .string(String(repeating: "x", count: size))],
    ]
    return StoredChange(
      revision: revision, before: nil,
      after: StoredObject(.configMaps, object, revision: revision))
  }

  @Test("as many changes are known as are kept; what was before them has to be listed anew")
  func history() {
    var cache = ResourceCache()
    let count = Int64(2 * ResourceCache.historyLimit)
    for revision in 1..<count { _ = cache.apply(change(revision)) }
    #expect(cache.horizon == 0)
    _ = cache.apply(change(count))
    let kept = Int64(ResourceCache.historyLimit)
    #expect(cache.horizon == count - kept)
    #expect(cache.changes(after: cache.horizon).count == ResourceCache.historyLimit)
    #expect(cache.changes(after: count - 3).map(\.revision) == [count - 2, count - 1, count])
    #expect(cache.changes(after: count).isEmpty)
  }

  @Test("a follower who does not read is cut off; the others get everything")
  func slowFollower() async {
    var cache = ResourceCache()
    let (slow, slowEnd) = ResourceCache.Follower.make(limit: 3)
    let (quick, quickEnd) = ResourceCache.Follower.make()
    cache.followers = [1: slowEnd, 2: quickEnd]
    for revision in 1...5 {
      for follower in cache.apply(change(Int64(revision))) { follower.finish() }
    }
    quickEnd.changes.finish()
    #expect(await slow.reduce(into: []) { $0.append($1.revision) } == [1, 2, 3])
    #expect(await quick.reduce(into: []) { $0.append($1.revision) } == [1, 2, 3, 4, 5])
    #expect(cache.followers.keys.sorted() == [2])
  }

  @Test("large changes are kept within a size, and who is behind what is kept is cut off")
  func largeChanges() async {
    var cache = ResourceCache()
    let (stream, unread) = ResourceCache.Follower.make()
    cache.followers = [1: unread]
    let size = ResourceCache.historySize / 4
    for revision in 1...7 {
      #expect(cache.apply(change(Int64(revision), size: size)).isEmpty)
      #expect(cache.horizon == 0)
    }
    let slow = cache.apply(change(8, size: size))
    #expect(slow.count == 1 && cache.followers.isEmpty)
    withExtendedLifetime(stream) {}
    #expect(cache.horizon == 5)
    #expect(cache.changes(after: 5).map(\.revision) == [6, 7, 8])
    _ = cache.apply(change(9, size: 3 * ResourceCache.historySize))
    #expect(cache.horizon == 8 && cache.history.map(\.revision) == [9])
    for revision in 10...40 { _ = cache.apply(change(Int64(revision))) }
    #expect(cache.horizon >= 8 && cache.changes(after: 9).count == 31)
  }

  @Test("a list has each object once, as it is now, in order, and of its namespace alone")
  func lists() {
    var cache = ResourceCache()
    var now: [ByteText: StoredObject] = [:]
    var revision: Int64 = 0
    func put(_ namespace: String, _ name: String, _ isThere: Bool = true) {
      revision += 1
      let object: JSONObject = [
        "metadata": ["name": .string(name), "namespace": .string(namespace)]
      ]
      let key = "\(namespace)/\(name)".bytes
      let after = isThere ? StoredObject(.configMaps, object, revision: revision) : nil
      _ = cache.apply(StoredChange(revision: revision, before: now[key], after: after))
      now[key] = after
    }
    for name in ["b", "a", "c"] {
      for namespace in ["n", "n-1", "m", "na", "n\u{301}"] { put(namespace, name) }
    }
    put("n", "b")
    put("n", "c", false)
    put("na", "b", false)
    func shown(_ list: [StoredObject]) -> [String] {
      list.map { "\($0.namespace)/\($0.name) \($0.revision)" }
    }
    #expect(shown(cache.list(namespace: "n")) == ["n/a 6", "n/b 16"])
    #expect(shown(cache.list(namespace: "na")) == ["na/a 9", "na/c 14"])
    #expect(cache.list(namespace: "o").isEmpty && cache.list(namespace: "").count == 13)
    let all = cache.list(namespace: "")
    #expect(shown(all) == shown(now.values.sorted { $0.key < $1.key }))
    let start = ObjectPlace(namespace: "n", name: "b")
    #expect(shown(cache.list(namespace: "n", from: start)) == ["n/b 16"])
    #expect(cache.list(namespace: "m", from: start).isEmpty)
    put("n", "b", false)
    put("n", "b", false)
    #expect(shown(cache.list(namespace: "n")) == ["n/a 6"])
  }
}
