/// What comes of many who write at once.
extension StoreTrial {
  /// The outcomes of so many writers, each with its number.
  private func together<Result: Sendable>(
    _ count: Int, _ write: @escaping @Sendable (Int) async throws -> Result
  ) async throws -> [(number: Int, result: Result)] {
    try await withThrowingTaskGroup(of: (Int, Result).self) { group in
      for number in 0..<count { group.addTask { (number, try await write(number)) } }
      return try await group.reduce(into: []) { $0.append((number: $1.0, result: $1.1)) }
    }
  }

  mutating func hasOneCreator() async throws {
    let store = store
    let made = try await together(16) { try await store.create("a", "by \($0)") }
      .filter(\.result).map(\.number)
    expect(made.count == 1, "\(made.count) made the same thing")
    try await expect("a", is: "by \(made.first ?? -1)")
    if kind.isKept { try await expect("a", is: "by \(made.first ?? -1)", in: openAgain()) }
  }

  mutating func losesNoAppend() async throws {
    try await create("a", "")
    let store = store
    let done = try await together(16) { _ in try await store.append("a", "x") }.filter(\.result)
    expect(done.count == 16, "\(done.count) of 16 steps were taken")
    try await expect("a", is: String(repeating: "x", count: 16))
    expect(try await !store.append("b", "x"), "what is absent is changed")
    if kind.isKept { try await restart() }
    try await expect("a", is: String(repeating: "x", count: 16))
  }

  mutating func takesManyWriters() async throws {
    let store = store
    _ = try await together(24) { try await store.create("n\($0)", "by \($0)") }
    _ = try await together(12) { try await store.delete("n\($0 * 2)") }
    for number in 0..<24 {
      try await expect("n\(number)", is: number % 2 == 0 ? nil : "by \(number)")
    }
    expect(try await store.names().count == 12, "there are others besides")
    guard kind.isKept else { return }
    let names = try await store.names()
    try await restart()
    // By age where that is the order: of those who came at once, too.
    try await expectNames(names, "after a restart")
  }
}
