/// Returns once something holds that nobody tells, or once the test's time is over.
package func eventually(
  isolation: isolated (any Actor)? = #isolation, _ holds: () async throws -> Bool
) async rethrows {
  while try await !holds(), !Task.isCancelled { await Task.yield() }
}
