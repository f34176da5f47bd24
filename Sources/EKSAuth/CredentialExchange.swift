package import AWSDoor
import JSON
package import Platform

/// What tokens are verified and credentials are made with.
package struct CredentialExchange: Sendable {
  /// The keys of each cluster, by its name.
  private let keys: [ByteText: ClusterKeys]
  let sessions: SessionSealer
  /// The clock of what expires, which an operator may move.
  let clock: any WallClock
  /// How long credentials last where that is not as AWS has it.
  let lifetime: Duration?

  /// The exchange for these clusters; `machineClock` is the one that nobody moves.
  package init(
    clusters: [Cluster], keys source: any JWKSSource, sessions: SessionSealer,
    clock: any WallClock, machineClock: any WallClock, lifetime: Duration?
  ) {
    keys = Dictionary(
      clusters.map { ($0.name.bytes, ClusterKeys(of: $0, from: source, clock: machineClock)) },
      uniquingKeysWith: { first, _ in first })
    self.sessions = sessions
    self.clock = clock
    self.lifetime = lifetime
  }

  /// The keys of a cluster, if the operator named it.
  func keys(of cluster: String) -> ClusterKeys? { keys[cluster.bytes] }
}
