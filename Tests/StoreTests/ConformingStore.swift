/// A store as the suite of all stores sees it: texts by names.
protocol ConformingStore: Sendable {
  /// Adds a thing; false where the name is taken.
  func create(_ name: String, _ text: String) async throws -> Bool

  /// The text of a name; nil where there is none.
  func read(_ name: String) async throws -> String?

  /// Gives a thing another text; false where there is none.
  func update(_ name: String, _ text: String) async throws -> Bool

  /// Adds to the text of a thing in one step; false where there is none.
  func append(_ name: String, _ text: String) async throws -> Bool

  /// Removes a thing; false where there is none.
  func delete(_ name: String) async throws -> Bool

  /// The names of all things, in the order of the store's lists.
  func names() async throws -> [String]

  /// The name of each thing that changes from now on; nil where nobody is told.
  func changes() async throws -> AsyncStream<String>?

  /// Removes everything.
  func reset() async throws

  /// Lets go of what is kept; the same place can then be opened again.
  func close() async

  /// Makes the writes of things of these names fail, as late as can be.
  ///
  /// Returns what mends that; nil where the store is closed for good.
  func breakWrites(of names: [String]) async throws -> (@Sendable () async throws -> Void)?

  /// What is kept, in any form that shows each difference; empty where nothing is.
  func traces() async throws -> [String]
}

/// The store has no such operation.
struct NotOffered: Error {}

extension ConformingStore {
  func update(_ name: String, _ text: String) async throws -> Bool { throw NotOffered() }
  func append(_ name: String, _ text: String) async throws -> Bool { throw NotOffered() }
  func changes() async throws -> AsyncStream<String>? { nil }
  func close() async {}
  func breakWrites(of names: [String]) async throws -> (@Sendable () async throws -> Void)? {
    throw NotOffered()
  }
  func traces() async throws -> [String] { [] }
}
