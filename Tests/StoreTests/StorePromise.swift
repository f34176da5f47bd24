import Testing

/// What stores promise.
enum StorePromise: CaseIterable, Sendable, CustomTestStringConvertible {
  case keepsTexts, updates, refusesTakenNames, changesNothingAbsent, deletesNothingAbsent
  case forgetsDeleted, tellsCaseApart, tellsCompositionApart, tellsNULApart, ordersLists
  case survivesRestart, survivesKill, keepsMuch
  case hasOneCreator, losesNoAppend, takesManyWriters
  case failedWriteLeavesNothing, failedDeleteLeavesAll, tellsWhatIsCommitted, forgetsAtReset

  var testDescription: String {
    switch self {
    case .keepsTexts: "gives back the bytes that it took"
    case .updates: "gives a thing another text"
    case .refusesTakenNames: "refuses a name that is taken, and leaves what has it"
    case .changesNothingAbsent: "changes nothing that is not there, and makes it not"
    case .deletesNothingAbsent: "says that what is to be deleted is not there"
    case .forgetsDeleted: "has no more of what was deleted, and takes its name again"
    case .tellsCaseApart: "tells names apart by case"
    case .tellsCompositionApart: "tells names apart that Unicode takes for the same"
    case .tellsNULApart: "tells names apart behind a NUL"
    case .ordersLists: "lists in one order, whatever happened since"
    case .survivesRestart: "has everything after a restart"
    case .survivesKill: "has everything that was answered, though it was never closed"
    case .keepsMuch: "keeps as much as it takes"
    case .hasOneCreator: "lets one of many make a thing"
    case .losesNoAppend: "loses no step of many that change the same thing"
    case .takesManyWriters: "takes writes of many at once"
    case .failedWriteLeavesNothing: "has nothing of a write that failed"
    case .failedDeleteLeavesAll: "has everything that was not deleted"
    case .tellsWhatIsCommitted: "tells of each change that is committed, and of no other"
    case .forgetsAtReset: "has nothing after a reset"
    }
  }

  /// Tries the promise.
  func run(_ trial: inout StoreTrial) async throws {
    switch self {
    case .keepsTexts: try await trial.keepsTexts()
    case .updates: try await trial.updates()
    case .refusesTakenNames: try await trial.refusesTakenNames()
    case .changesNothingAbsent: try await trial.changesNothingAbsent()
    case .deletesNothingAbsent: try await trial.deletesNothingAbsent()
    case .forgetsDeleted: try await trial.forgetsDeleted()
    case .tellsCaseApart: try await trial.tellsApart(["a", "A"])
    case .tellsCompositionApart: try await trial.tellsApart(["\u{E9}", "e\u{301}"])
    case .tellsNULApart: try await trial.tellsApart(["a\u{0}b", "a\u{0}c", "a"])
    case .ordersLists: try await trial.ordersLists()
    case .survivesRestart: try await trial.survivesRestart()
    case .survivesKill: try await trial.survivesKill()
    case .keepsMuch: try await trial.keepsMuch()
    case .hasOneCreator: try await trial.hasOneCreator()
    case .losesNoAppend: try await trial.losesNoAppend()
    case .takesManyWriters: try await trial.takesManyWriters()
    case .failedWriteLeavesNothing: try await trial.failedWriteLeavesNothing()
    case .failedDeleteLeavesAll: try await trial.failedDeleteLeavesAll()
    case .tellsWhatIsCommitted: try await trial.tellsWhatIsCommitted()
    case .forgetsAtReset: try await trial.forgetsAtReset()
    }
  }
}
