import JSON
import Platform

/// The file that keeps a server's faults: one who writes at a time, away from the event loops, which
/// must not wait for a disk.
///
/// What is written is the list as it is at that moment, so the file never goes back to an older one.
actor FaultFile {
  typealias Write = @Sendable ([UInt8]) throws(FileError) -> Void

  /// Nil where nothing is kept.
  private let write: Write?
  /// What the file has by now.
  private var written: [UInt8] = []

  init(write: Write?) { self.write = write }

  /// Runs `body`, which is handed what writes a list, when those who came before are done.
  nonisolated func inTurn<Result: Sendable>(
    _ body: @escaping @Sendable (_ write: (FaultList) throws(FileError) -> Void) throws -> Result
  ) async throws -> Result {
    // An actor runs where the task prefers to, which is on its connection's loop.
    try await withTaskExecutorPreference(globalConcurrentExecutor) { try await self.run(body) }
  }

  private func run<Result: Sendable>(
    _ body: @Sendable (_ write: (FaultList) throws(FileError) -> Void) throws -> Result
  ) throws -> Result {
    try body { list throws(FileError) in
      guard let write else { return }
      let bytes = list.json.bytes() + [0x0A]
      // Of many who came at once the first writes for all.
      guard bytes != written else { return }
      try write(bytes)
      written = bytes
    }
  }
}
