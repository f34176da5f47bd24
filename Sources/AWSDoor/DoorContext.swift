package import AdminAPI
package import Platform
package import PodIdentity

/// What every call is answered with, whatever the service; what one service alone uses, its
/// operations or its ``WireForm`` have.
package struct DoorContext: Sendable {
  package let account: AWSAccount
  package let store: RoleStore
  package let authorizer: Authorizer
  package let randomness: Randomness
  package let events: EventLog
  package let faults: FaultBook
  package let log: Log

  /// A context of these parts; `clock` is that of what expires, which an operator may move, and the
  /// `services` say what the stack's own servers may do.
  package init(
    account: AWSAccount, services: [AWSService], store: RoleStore, clock: any WallClock,
    randomness: Randomness = .system,
    events: EventLog, faults: FaultBook, log: Log
  ) {
    self.account = account
    self.store = store
    authorizer = Authorizer(
      account: account, grants: services.flatMap(\.grants), store: store, clock: clock)
    self.randomness = randomness
    self.events = events
    self.faults = faults
    self.log = log
  }
}
