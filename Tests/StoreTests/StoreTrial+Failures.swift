/// What is left of writes that fail, and who is told.
extension StoreTrial {
  /// Whether a write fails.
  private func fails(_ write: (any ConformingStore) async throws -> Bool) async -> Bool {
    do {
      _ = try await write(store)
      return false
    } catch { return true }
  }

  mutating func failedWriteLeavesNothing() async throws {
    try await create("kept", "1")
    try await create("new", "0")
    // What the deletion leaves is no trace of the failed write.
    _ = try await store.delete("new")
    let before = try await store.traces()
    let mend = try await store.breakWrites(of: ["kept", "new"])
    expect(await fails { try await $0.create("new", "1") }, "making does not fail")
    if isUpdated {
      expect(await fails { try await $0.update("kept", "2") }, "changing does not fail")
    }
    try await expect("new", is: nil)
    try await expect("kept", is: "1")
    try await expectNames(["kept"])
    guard let mend else { return }
    try await mend()
    let after = try await store.traces()
    expect(before == after, "kept was \(before), and is \(after)")
    try await expect("new", is: nil, in: openAgain(), "once opened again")
    try await expect("kept", is: "1", in: openAgain(), "once opened again")
    try await create("new", "3")
    try await restart()
    try await expect("new", is: "3")
  }

  mutating func failedDeleteLeavesAll() async throws {
    try await create("kept", "1")
    let before = try await store.traces()
    let mend = try await store.breakWrites(of: ["kept"])
    expect(await fails { try await $0.delete("kept") }, "deleting does not fail")
    try await expect("kept", is: "1")
    try await expectNames(["kept"])
    guard let mend else { return }
    try await mend()
    let after = try await store.traces()
    expect(before == after, "kept was \(before), and is \(after)")
    try await expect("kept", is: "1", in: openAgain(), "once opened again")
    expect(try await store.delete("kept"), "kept is not deleted")
  }

  mutating func tellsWhatIsCommitted() async throws {
    guard let stream = try await store.changes() else {
      return expect(false, "nobody is told")
    }
    var told = stream.makeAsyncIterator()
    try await create("a", "1")
    expect(await told.next() == "a", "that a was made is not told")
    _ = try await store.create("a", "2")
    _ = try await store.update("b", "2")
    let store = store
    for text in ["2", "3"] {
      // Asked as soon as it is told, whether or not the write has returned.
      async let isDone = store.update("a", text)
      expect(await told.next() == "a", "that a was changed is not told, or another thing is")
      try await expect("a", is: text, "when it is told")
      if kind.isKept { try await expect("a", is: text, in: openAgain(), "when it is told") }
      expect(try await isDone, "a is not changed")
    }
    if kind.isKept, let mend = try await store.breakWrites(of: ["a", "c"]) {
      expect(await fails { try await $0.create("c", "1") }, "making does not fail")
      expect(await fails { try await $0.update("a", "4") }, "changing does not fail")
      try await mend()
    }
    try await create("z", "1")
    expect(await told.next() == "z", "a change is told that was refused or failed")
    _ = try await store.delete("z")
    expect(await told.next() == "z", "that z was deleted is not told")
  }
}
