import Glibc
import JSON
import Platform

/// The user's register of stacks and states: a file an entry.
struct RegisterAdapter: ConformingStore {
  private let register: UserRegister

  init(home: String) {
    register = UserRegister(ProcessEnvironment(["XDG_STATE_HOME": home]))
  }

  func create(_ name: String, _ text: String) async throws -> Bool {
    try register.write(name, Array(text.utf8), isSynced: false)
    return true
  }

  func read(_ name: String) async throws -> String? {
    try register.read(name).map { String(decoding: $0, as: UTF8.self) }
  }

  func update(_ name: String, _ text: String) async throws -> Bool {
    try await create(name, text)
  }

  func delete(_ name: String) async throws -> Bool {
    register.remove(name)
    return true
  }

  func names() async throws -> [String] { try register.names() }

  func reset() async throws { throw NotOffered() }

  /// Folders in the places of the files.
  func breakWrites(of names: [String]) async throws -> (@Sendable () async throws -> Void)? {
    let files = names.map { "\(register.path ?? "")/\($0)" }
    for file in files { rename(file, file + ".away") }
    for file in files { try SafeFile.makeFolder(file) }
    return {
      for file in files {
        rmdir(file)
        rename(file + ".away", file)
      }
    }
  }

  func traces() async throws -> [String] {
    try register.names().sorted().map { "\($0): \(try register.read($0) ?? [])" }
  }
}

extension StoreKind {
  private static let whole = "an entry is written whole, whatever was there"

  static let register = StoreKind(
    name: "the user's register", order: .bytes,
    exceptions: [
      .refusesTakenNames: whole, .changesNothingAbsent: whole, .hasOneCreator: whole,
      .losesNoAppend: whole, .deletesNothingAbsent: "who removes an entry need not know it",
      .tellsNULApart: "no file's name has a NUL; such a name is refused",
      .ordersLists: "whoever lists entries sorts them by what they say",
      .failedWriteLeavesNothing:
        "what stands in an entry's place so that it cannot be written cannot be read",
      .failedDeleteLeavesAll: "who removes an entry is told of no failure",
      .forgetsAtReset: "entries are removed one by one, by who wrote them",
      .tellsWhatIsCommitted: "nobody follows the register",
    ]
  ) { RegisterAdapter(home: $0) }
}
