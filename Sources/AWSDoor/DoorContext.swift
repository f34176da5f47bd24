package import AdminAPI
package import Platform

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

  /// A context of these parts; `clock` is that of what expires, which an operator may move.
  package init(
    account: AWSAccount, store: RoleStore, clock: any WallClock, randomness: Randomness = .system,
    events: EventLog, faults: FaultBook, log: Log
  ) {
    self.account = account
    self.store = store
    authorizer = Authorizer(account: account, store: store, clock: clock)
    self.randomness = randomness
    self.events = events
    self.faults = faults
    self.log = log
  }
}
