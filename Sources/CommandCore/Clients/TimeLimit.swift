/// Waits for an event, for so long at most.
package enum TimeLimit {
  /// What a body comes to, which is cancelled once the time is over and has to end then; nil where it
  /// has come to nothing by then.
  @discardableResult
  package static func within<Result: Sendable>(
    _ limit: Duration, _ body: @escaping @Sendable () async -> Result
  ) async -> Result? {
    await withTaskGroup(of: Result?.self) { group in
      group.addTask { await body() }
      group.addTask {
        try? await Task.sleep(for: limit)
        return nil
      }
      let first = await group.next() ?? nil
      group.cancelAll()
      return first
    }
  }
}
