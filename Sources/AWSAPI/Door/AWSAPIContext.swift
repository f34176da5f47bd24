package import AdminAPI
package import Platform

/// What the operations work with.
package struct AWSAPIContext: Sendable {
  package let account: AWSAccount
  package let store: RoleStore
  package let sessions: SessionSealer
  package let authorizer: Authorizer
  package let clusters: [Cluster]
  /// The keys of each cluster, by its name.
  package let clusterKeys: [String: ClusterKeys]
  /// The clock of what expires, which an operator may move.
  package let clock: any WallClock
  /// How long credentials last where that is not as AWS has it.
  package let credentialLifetime: Duration?
  package let randomness: Randomness
  package let events: EventLog
  package let faults: FaultBook
  package let log: Log

  /// A context of these parts; `machineClock` is the one that nobody moves.
  package init(
    account: AWSAccount, store: RoleStore, sessions: SessionSealer, clusters: [Cluster],
    keys: any JWKSSource, clock: any WallClock, machineClock: any WallClock = SystemClock(),
    credentialLifetime: Duration? = nil, randomness: Randomness = .system, events: EventLog,
    faults: FaultBook, log: Log
  ) {
    self.account = account
    self.store = store
    self.sessions = sessions
    self.clusters = clusters
    clusterKeys = Dictionary(
      clusters.map { ($0.name, ClusterKeys(of: $0, from: keys, clock: machineClock)) },
      uniquingKeysWith: { first, _ in first })
    authorizer = Authorizer(account: account, store: store, clock: clock)
    self.clock = clock
    self.credentialLifetime = credentialLifetime
    self.randomness = randomness
    self.events = events
    self.faults = faults
    self.log = log
  }

  /// The cluster of a name.
  package func cluster(_ name: String) -> Cluster? { clusters.first { $0.name == name } }
}
