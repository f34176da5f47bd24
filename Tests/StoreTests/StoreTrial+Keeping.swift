/// What is there when a store is opened again.
extension StoreTrial {
  mutating func survivesRestart() async throws {
    for name in ["a", "b", "c"] { try await create(name, "1") }
    if isUpdated { _ = try await store.update("b", "2") }
    _ = try await store.delete("c")
    let names = try await store.names()
    try await restart()
    try await expectNames(names)
    try await expect("a", is: "1")
    try await expect("b", is: isUpdated ? "2" : "1")
    try await expect("c", is: nil)
    try await create("c", "3")
    try await create("d", "4")
    try await restart()
    try await expect("c", is: "3")
    try await expect("d", is: "4")
  }

  mutating func survivesKill() async throws {
    try await create("a", "1")
    try await expect("a", is: "1", in: openAgain(), "after it was made")
    if isUpdated {
      _ = try await store.update("a", "2")
      try await expect("a", is: "2", in: openAgain(), "after it was changed")
    }
    _ = try await store.delete("a")
    try await expect("a", is: nil, in: openAgain(), "after it was deleted")
  }

  mutating func keepsMuch() async throws {
    let names = (10..<28).map { "n\($0)" }
    // More than 1 MiB together.
    func text(_ name: String) -> String { String(repeating: "\(name) ", count: 15_000) }
    for name in names { try await create(name, text(name)) }
    if kind.isKept { try await restart() }
    for name in names { try await expect(name, is: text(name)) }
    expect(try await Set(store.names()) == Set(names), "the names are others")
  }

  mutating func forgetsAtReset() async throws {
    for name in ["a", "b"] { try await create(name, "1") }
    try await store.reset()
    try await expectNames([])
    try await expect("a", is: nil)
    if kind.isKept { try await expect("a", is: nil, in: openAgain(), "once opened again") }
    try await create("a", "2")
    try await expect("a", is: "2")
    if kind.isKept { try await restart() }
    try await expect("a", is: "2")
    try await expect("b", is: nil)
  }
}
