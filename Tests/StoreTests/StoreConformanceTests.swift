import Testing

/// Every promise on every store.
@Suite(.timeLimit(.minutes(10))) struct StoreConformanceTests {
  @Test("a store keeps its promises", arguments: StoreCase.all, StorePromise.allCases)
  func promise(store: StoreCase, promise: StorePromise) async throws {
    #expect(try await store.problems(with: promise) == [])
  }
}
