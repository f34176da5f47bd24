package import AWSDoor
package import Cryptography
import Platform
import Synchronization

/// Where a cluster's keys come from.
package protocol JWKSSource: Sendable {
  /// Fetches the keys of a cluster now.
  func fetch(for cluster: Cluster) async throws(JWKSUnavailable) -> JWKS
}

/// Why a cluster's keys could not be had.
package struct JWKSUnavailable: Error, Sendable {
  /// The reason, as part of a sentence.
  package let reason: String

  /// An error of this reason.
  package init(_ reason: String) { self.reason = reason }
}

/// The keys of one cluster: kept once fetched, so that tokens verify while the cluster is away.
actor ClusterKeys {
  let cluster: Cluster
  private let source: any JWKSSource
  private let clock: any WallClock
  private nonisolated let known = Mutex<JWKS?>(nil)
  private var fetching: Task<Result<JWKS, JWKSUnavailable>, Never>?
  private var last: (time: Instant, failure: JWKSUnavailable?)?

  /// The keys of a cluster; `clock` is the machine's, which no operator moves.
  init(of cluster: Cluster, from source: any JWKSSource, clock: any WallClock) {
    self.cluster = cluster
    self.source = source
    self.clock = clock
  }

  /// Whether a kept key has this id; then ``keys(with:)`` needs no fetch.
  nonisolated func kept(with kid: String?) -> JWKS? {
    known.withLock { keys in
      guard let keys, kid.map(keys.contains(keyID:)) ?? true else { return nil }
      return keys
    }
  }

  /// The keys, fetched if none is kept with this id, and then at most once a second.
  func keys(with kid: String?) async throws(JWKSUnavailable) -> JWKS {
    if let keys = kept(with: kid) { return keys }
    if let fetching { return try await fetching.value.get() }
    if let last, let keys = known.withLock({ $0 }), clock.now >= last.time,
      clock.now - last.time < .seconds(1)
    {
      if let failure = last.failure { throw failure }
      return keys
    }
    let fetch = Task { [source, cluster] () -> Result<JWKS, JWKSUnavailable> in
      do throws(JWKSUnavailable) {
        return .success(try await source.fetch(for: cluster))
      } catch {
        return .failure(error)
      }
    }
    fetching = fetch
    let result = await fetch.value
    fetching = nil
    switch result {
    case .success(let keys):
      last = (clock.now, nil)
      known.withLock { $0 = keys }
      return keys
    case .failure(let failure):
      last = (clock.now, failure)
      throw failure
    }
  }
}
