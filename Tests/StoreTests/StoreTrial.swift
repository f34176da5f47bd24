/// A store on trial, with what was found wrong.
struct StoreTrial {
  let kind: StoreKind
  /// The folder of what it keeps.
  let folder: String
  var store: any ConformingStore
  private(set) var problems: [String] = []

  init(kind: StoreKind, folder: String, store: any ConformingStore) {
    self.kind = kind
    self.folder = folder
    self.store = store
  }

  /// Whether things get other texts in this store.
  var isUpdated: Bool { kind.exceptions[.updates] == nil }

  mutating func expect(_ holds: Bool, _ text: @autoclosure () -> String) {
    if !holds { problems.append(text()) }
  }

  /// Finds a thing with this text, by bytes; nil where there is to be none.
  mutating func expect(
    _ name: String, is text: String?, in other: (any ConformingStore)? = nil, _ when: String = ""
  ) async throws {
    let found = try await (other ?? store).read(name)
    expect(
      found.map { Array($0.utf8) } == text.map { Array($0.utf8) },
      "\(name) is \(found?.debugDescription.prefix(60) ?? "absent"), "
        + "not \(text?.debugDescription.prefix(60) ?? "absent") \(when)")
  }

  /// Finds things of these names, in this order.
  mutating func expectNames(
    _ names: [String], in other: (any ConformingStore)? = nil, _ when: String = ""
  ) async throws {
    let found = try await (other ?? store).names()
    expect(
      found.map { Array($0.utf8) } == names.map { Array($0.utf8) },
      "the names are \(found.prefix(12)), not \(names.prefix(12)) \(when)")
  }

  mutating func create(_ name: String, _ text: String) async throws {
    expect(try await store.create(name, text), "\(name) is not made")
  }

  /// Opens what is kept once more, while this one goes on.
  func openAgain() async throws -> any ConformingStore { try await kind.open(folder) }

  /// Closes the store and opens what it kept.
  mutating func restart() async throws {
    await store.close()
    store = try await kind.open(folder)
  }
}
