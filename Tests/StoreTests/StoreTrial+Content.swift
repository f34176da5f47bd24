/// What a store has of each thing.
extension StoreTrial {
  mutating func keepsTexts() async throws {
    let texts = ["", "a", "\u{E9}", "e\u{301}", "a\u{0}b\n\"'\\\u{1F600}", "<&> ,[{}]"]
    for (number, text) in texts.enumerated() { try await create("n\(number)", text) }
    for (number, text) in texts.enumerated() { try await expect("n\(number)", is: text) }
  }

  mutating func updates() async throws {
    try await create("a", "1")
    try await create("b", "1")
    for text in ["2", "", "\u{E9}", "e\u{301}"] {
      expect(try await store.update("a", text), "a is not changed")
      try await expect("a", is: text)
    }
    try await expect("b", is: "1")
  }

  mutating func refusesTakenNames() async throws {
    try await create("a", "1")
    expect(try await !store.create("a", "2"), "a taken name is taken again")
    try await expect("a", is: "1")
    try await expectNames(["a"])
  }

  mutating func changesNothingAbsent() async throws {
    try await expect("a", is: nil)
    try await create("a", "1")
    try await expect("b", is: nil)
    if isUpdated { expect(try await !store.update("b", "1"), "what is absent is changed") }
    try await expect("b", is: nil)
    try await expectNames(["a"])
  }

  mutating func deletesNothingAbsent() async throws {
    try await create("a", "1")
    expect(try await !store.delete("b"), "what is absent is deleted")
    try await expectNames(["a"])
    expect(try await store.delete("a"), "a is not deleted")
    expect(try await !store.delete("a"), "what is deleted is deleted again")
  }

  mutating func forgetsDeleted() async throws {
    try await create("a", "1")
    try await create("b", "1")
    expect(try await store.delete("a"), "a is not deleted")
    try await expect("a", is: nil)
    try await expectNames(["b"])
    try await create("a", "2")
    try await expect("a", is: "2")
    try await expect("b", is: "1")
  }

  mutating func tellsApart(_ names: [String]) async throws {
    for name in names { try await create(name, "of \(name)") }
    for name in names { try await expect(name, is: "of \(name)") }
    let found = try await store.names().map { Array($0.utf8) }
    expect(Set(found) == Set(names.map { Array($0.utf8) }), "the names are \(found)")
    if isUpdated {
      expect(try await store.update(names[0], "other"), "\(names[0]) is not changed")
      for name in names.dropFirst() { try await expect(name, is: "of \(name)") }
    }
    expect(try await store.delete(names[0]), "\(names[0]) is not deleted")
    if kind.isKept { try await restart() }
    try await expect(names[0], is: nil)
    for name in names.dropFirst() { try await expect(name, is: "of \(name)") }
  }

  mutating func ordersLists() async throws {
    let made = ["b", "C2", "cd", "c.d", "a", "c-d", "c0"]
    let sorted = ["C2", "a", "b", "c-d", "c.d", "c0", "cd"]
    let names = kind.order == .bytes ? sorted : made
    for name in made { try await create(name, "1") }
    try await expectNames(names)
    if isUpdated { _ = try await store.update("b", "2") }
    try await expectNames(names, "after a change")
    expect(try await store.delete("c.d"), "c.d is not deleted")
    try await expectNames(names.filter { $0 != "c.d" }, "after a deletion")
    guard kind.isKept else { return }
    try await restart()
    try await expectNames(names.filter { $0 != "c.d" }, "after a restart")
  }
}
