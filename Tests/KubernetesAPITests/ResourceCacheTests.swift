import JSON
import Testing

@testable import KubernetesAPI

/// History and followers of one resource, without a database.
@Suite struct ResourceCacheTests {
  private func change(_ revision: Int64) -> StoredChange {
    let object: JSONObject = ["metadata": ["name": "a", "namespace": "n"]]
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
    let (slow, slowEnd) = AsyncStream<StoredChange>.makeStream(
      bufferingPolicy: .bufferingOldest(3))
    let (quick, quickEnd) = AsyncStream<StoredChange>.makeStream()
    cache.followers = [1: slowEnd, 2: quickEnd]
    for revision in 1...5 {
      for follower in cache.apply(change(Int64(revision))) { follower.finish() }
    }
    quickEnd.finish()
    #expect(await slow.reduce(into: []) { $0.append($1.revision) } == [1, 2, 3])
    #expect(await quick.reduce(into: []) { $0.append($1.revision) } == [1, 2, 3, 4, 5])
    #expect(cache.followers.keys.sorted() == [2])
  }
}
