import Glibc
import JSON
import Platform

@testable import AdminAPI

/// Faults by their ids; the text is the namespace that a fault is for.
struct FaultBookAdapter: ConformingStore {
  private static let catalogue = FaultCatalogue(operations: ["Get"], special: []) { _, _ in nil }
  private let book: FaultBook
  /// Nil in memory.
  private let path: String?

  init(path: String?) {
    book = FaultBook(of: "test", catalogue: Self.catalogue, path: path)
    self.path = path
  }

  private var all: [JSON] { book.json.array ?? [] }

  private func fault(_ name: String) -> JSON? {
    all.first { $0["id"]?.string.map { Array($0.utf8) } == Array(name.utf8) }
  }

  func create(_ name: String, _ text: String) async throws -> Bool {
    let rule: JSON = ["id": .string(name), "action": "hang", "namespace": .string(text)]
    return try await book.add(Fault(json: rule, catalogue: Self.catalogue)).isNew
  }

  func read(_ name: String) async throws -> String? { fault(name)?["namespace"]?.string }

  func update(_ name: String, _ text: String) async throws -> Bool {
    guard fault(name) != nil else { return false }
    return try await !create(name, text)
  }

  func delete(_ name: String) async throws -> Bool { try await book.remove(name) }

  func names() async throws -> [String] { all.compactMap { $0["id"]?.string } }

  func reset() async throws { try await book.clear() }

  /// A folder in the place of the file.
  func breakWrites(of names: [String]) async throws -> (@Sendable () async throws -> Void)? {
    guard let path else { throw NotOffered() }
    rename(path, path + ".away")
    try SafeFile.makeFolder(path)
    return {
      rmdir(path)
      rename(path + ".away", path)
    }
  }

  func traces() async throws -> [String] {
    guard let path else { return [] }
    return [try SafeFile.readText(path)]
  }
}

extension StoreKind {
  private static let replaced = "a rule of the same id takes the place of the one that is there"
  private static let printable = "ids are printable ASCII; others are refused"

  static let faults = StoreKind(
    name: "faults", order: .age,
    exceptions: [
      .refusesTakenNames: replaced, .hasOneCreator: replaced,
      .losesNoAppend: "a rule is set as a whole",
      .keepsMuch: "faults are 1 MiB together at most; more are refused",
      .tellsCompositionApart: printable, .tellsNULApart: printable,
      .tellsWhatIsCommitted: "calls look; nobody is told",
    ]
  ) { FaultBookAdapter(path: "\($0)/faults.json") }
  static let faultsInMemory = faults.inMemory(except: [
    .failedWriteLeavesNothing: "nothing is written that could fail",
    .failedDeleteLeavesAll: "nothing is written that could fail",
  ]) { FaultBookAdapter(path: nil) }
}
